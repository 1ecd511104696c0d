/**
 * Ends expired sessions and removes expired rows, on one node at a time. Start with
 * {@link io.portcullis.core.retention.Janitor}. May import: {@code clock}, {@code error}, {@code reactive},
 * {@code session}, {@code termination}, {@code token.store}, {@code transaction}.
 */
@CheckReturnValue
@NullMarked
package io.portcullis.core.retention;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
