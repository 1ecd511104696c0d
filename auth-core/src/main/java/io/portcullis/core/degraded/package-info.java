/**
 * Degraded mode and the way out of it: whether Redis is trusted, and the replay of the ledger into it. May import:
 * {@code error}, {@code reactive}, {@code resilience}, {@code token.store}, {@code transaction}. Begin with
 * {@link io.portcullis.core.degraded.DegradedMode}.
 */
@CheckReturnValue
@NullMarked
package io.portcullis.core.degraded;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
