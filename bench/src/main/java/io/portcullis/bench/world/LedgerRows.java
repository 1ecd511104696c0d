package io.portcullis.bench.world;

/**
 * Inserts rows into {@code revoked_token}, the table of the ledger. Each row is of an access token that was revoked in the last half hour, and
 * whose tombstone Redis has confirmed.
 */
public record LedgerRows(Stores stores) {
    private static final int SPREAD_MILLIS = 1_800_000;

    /** The entry outlives its token, so that none expires during the measurement. */
    private static final String ENTRY = "(SHA2('ledger-%1$d', 256), TIMESTAMPADD(HOUR, 2, UTC_TIMESTAMP(3)), 'LOGOUT',"
            + " TIMESTAMPADD(MICROSECOND, -1000 * %2$d, UTC_TIMESTAMP(3)), UTC_TIMESTAMP(3))";

    /** Inserts entries until there are {@code count}. */
    public void fillUpTo(int count) {
        int present = (int) stores.number("SELECT COUNT(*) FROM revoked_token");
        stores.insert(
                "INSERT INTO revoked_token (digest, expires_at, reason, revoked_at, applied_at) VALUES",
                count - present,
                number -> entry(present + number));
        stores.execute("ANALYZE TABLE revoked_token");
    }

    private static String entry(int number) {
        return ENTRY.formatted(number, (long) number * 7_919 % SPREAD_MILLIS);
    }
}
