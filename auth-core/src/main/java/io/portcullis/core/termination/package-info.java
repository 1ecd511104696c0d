/**
 * Ends sessions, for every reason and in one order (docs/design.md section 6). May import: {@code audit}, {@code error},
 * {@code reactive}, {@code session}, {@code token}, {@code token.store}, {@code transaction}. Begin with
 * {@link io.portcullis.core.termination.SessionTerminator}.
 */
@CheckReturnValue
@NullMarked
package io.portcullis.core.termination;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
