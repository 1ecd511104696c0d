package io.portcullis.core.token.store;

import java.time.Duration;
import java.time.Instant;

/**
 * An entry of the ledger: an access token that must be dead in Redis until it would have expired anyway.
 *
 * @param expiresAt when the token itself expires
 */
public record RevokedToken(String digest, RevocationReason reason, Instant expiresAt, Instant revokedAt) {
    /** How far the clocks of two nodes may differ before a token is dead on one node and taken for expired on another. */
    public static final Duration CLOCK_SKEW = Duration.ofMinutes(1);

    /** How long its tombstone must last from {@code now} on. */
    public Duration remaining(Instant now) {
        return remaining(expiresAt, now);
    }

    /** How long the tombstone of a token must last from {@code now} on. */
    public static Duration remaining(Instant expiresAt, Instant now) {
        return Duration.between(now, expiresAt).plus(CLOCK_SKEW);
    }
}
