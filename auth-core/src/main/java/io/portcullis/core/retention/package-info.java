/**
 * Removes expired rows, on one node at a time. May import: {@code clock}, {@code error}, {@code reactive}, {@code session},
 * {@code termination}, {@code token.store}, {@code transaction}. Begin with {@link io.portcullis.core.retention.Janitor}.
 */
@CheckReturnValue
@NullMarked
package io.portcullis.core.retention;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
