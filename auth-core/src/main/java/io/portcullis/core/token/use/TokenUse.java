package io.portcullis.core.token.use;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The uses of one access token from one address within one hour.
 *
 * @param digest the digest of the access token, or {@link #TICKETS} and the id of the session
 * @param ip the client's address, without a port
 * @param hour the hour of the uses, in hours since 1970 (UTC). A row is therefore never longer than an hour, however long the token
 *     lives
 * @param firstSeenAt the first use within the hour, by the clock of the node
 * @param lastSeenAt the last use within the hour, by the clock of the node
 * @param tenantId the tenant of the session; null for none
 */
public record TokenUse(
        String digest,
        String sessionId,
        String userId,
        String ip,
        long hour,
        Instant firstSeenAt,
        Instant lastSeenAt,
        @Nullable String tenantId) {
    /** Creates the use of a token of a session without a tenant. */
    public TokenUse(
            String digest,
            String sessionId,
            String userId,
            String ip,
            long hour,
            Instant firstSeenAt,
            Instant lastSeenAt) {
        this(digest, sessionId, userId, ip, hour, firstSeenAt, lastSeenAt, null);
    }

    /** Begins the digest of the uses of tickets. All tickets of a session share it, because each ticket is used only once. */
    public static final String TICKETS = "ticket:";

    /** The number of characters of a digest that {@link #accessTokenId} shows. */
    public static final int ID_LENGTH = 16;

    static final long MILLIS_PER_HOUR = 3_600_000;

    /** Returns the text that stands for the digest of a token where a ticket of the session was used. */
    public static String ticketsOf(String sessionId) {
        return TICKETS + sessionId;
    }

    /**
     * Returns the id of the access token for people: the first 16 digits of the digest, which is SHA-256 of the token in hexadecimal;
     * {@code ticket} for the uses of tickets.
     */
    public String accessTokenId() {
        return digest.startsWith(TICKETS)
                ? TICKETS.substring(0, TICKETS.length() - 1)
                : digest.substring(0, Math.min(ID_LENGTH, digest.length()));
    }

    Key key() {
        return new Key(digest, ip, hour);
    }

    /** Returns the uses of both; the other one must have the same key. */
    TokenUse mergedWith(TokenUse other) {
        return new TokenUse(
                digest,
                sessionId,
                userId,
                ip,
                hour,
                firstSeenAt.isBefore(other.firstSeenAt) ? firstSeenAt : other.firstSeenAt,
                lastSeenAt.isAfter(other.lastSeenAt) ? lastSeenAt : other.lastSeenAt,
                tenantId);
    }

    /** Identifies a row. */
    public record Key(String digest, String ip, long hour) implements Comparable<Key> {
        @Override
        public int compareTo(Key other) {
            int byDigest = digest.compareTo(other.digest);
            int byIp = byDigest == 0 ? ip.compareTo(other.ip) : byDigest;
            return byIp == 0 ? Long.compare(hour, other.hour) : byIp;
        }
    }
}
