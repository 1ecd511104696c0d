/**
 * Pages of long lists. May import: {@code error}. Begin with {@link io.portcullis.core.paging.PageRequest}.
 */
@CheckReturnValue
@NullMarked
package io.portcullis.core.paging;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
