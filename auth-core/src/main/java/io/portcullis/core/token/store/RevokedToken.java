package io.portcullis.core.token.store;

import java.time.Duration;
import java.time.Instant;

/**
 * Represents an entry of the {@link RevocationLedger}: an access token that must be refused until it expires.
 *
 * @param expiresAt the expiry of the token itself
 * @param revokedAt the time from which the token is refused, by the database's clock
 */
public record RevokedToken(String digest, RevocationReason reason, Instant expiresAt, Instant revokedAt) {
    /** The tolerated difference between the clocks of two nodes. A tombstone outlives its token by this time. */
    public static final Duration CLOCK_SKEW = Duration.ofMinutes(1);

    /** Returns the TTL of the tombstone if it is written at {@code now}. */
    public Duration remaining(Instant now) {
        return remaining(expiresAt, now);
    }

    /**
     * Returns the TTL, from {@code now}, of the tombstone of a token that expires at {@code expiresAt}. Includes the clock skew.
     */
    public static Duration remaining(Instant expiresAt, Instant now) {
        return Duration.between(now, expiresAt).plus(CLOCK_SKEW);
    }
}
