/** Pages of long lists. Start with {@link io.portcullis.core.paging.PageRequest}. May import: {@code error}. */
@CheckReturnValue
@NullMarked
package io.portcullis.core.paging;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
