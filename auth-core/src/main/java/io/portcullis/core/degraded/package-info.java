/**
 * Decides whether the node trusts Redis, and restores the trust by replaying the ledger (docs/design.md section 9).
 *
 * <p>Start with {@link io.portcullis.core.degraded.DegradedMode}. May import: {@code error}, {@code reactive},
 * {@code resilience}, {@code session}, {@code token.store}, {@code transaction}.
 */
@CheckReturnValue
@NullMarked
package io.portcullis.core.degraded;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
