/**
 * The login log: its entries and their persistence port. Start with
 * {@link io.portcullis.core.audit.LoginLogRepository}. May import: {@code account}, {@code paging}, {@code session}.
 */
@CheckReturnValue
@NullMarked
package io.portcullis.core.audit;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
