/**
 * Ends sessions, for every reason and in one order of steps (docs/design.md section 6). Start with
 * {@link io.portcullis.core.termination.SessionTerminator}. May import: {@code audit}, {@code degraded}, {@code error},
 * {@code reactive}, {@code resilience}, {@code session}, {@code token}, {@code token.store}, {@code transaction}.
 */
@CheckReturnValue
@NullMarked
package io.portcullis.core.termination;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
