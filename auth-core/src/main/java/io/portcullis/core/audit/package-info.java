/**
 * The login log. May import: {@code paging}, {@code session}. Begin with {@link io.portcullis.core.audit.LoginLogRepository}.
 */
@CheckReturnValue
@NullMarked
package io.portcullis.core.audit;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
