package io.portcullis.bench.world;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Fills the ledger with entries of tokens that were revoked in the last half hour and whose tombstones Redis has confirmed. */
public record LedgerRows(Stores stores) {
    private static final int BATCH = 1_000;
    private static final int SPREAD_MILLIS = 1_800_000;

    /** The entry outlives its token, so that none expires during the measurement. */
    private static final String ENTRY = "(SHA2('ledger-%1$d', 256), TIMESTAMPADD(HOUR, 2, UTC_TIMESTAMP(3)), 'LOGOUT',"
            + " TIMESTAMPADD(MICROSECOND, -1000 * %2$d, UTC_TIMESTAMP(3)), UTC_TIMESTAMP(3))";

    /** Inserts entries until there are {@code count}. */
    public void fillUpTo(int count) {
        int from = (int) stores.number("SELECT COUNT(*) FROM revoked_token");
        try (Connection connection = stores.connect();
                Statement statement = connection.createStatement()) {
            for (int next = from; next < count; next += BATCH) {
                String entries = IntStream.range(next, Math.min(next + BATCH, count))
                        .mapToObj(LedgerRows::entry)
                        .collect(Collectors.joining(","));
                statement.execute(
                        "INSERT INTO revoked_token (digest, expires_at, reason, revoked_at, applied_at) VALUES "
                                + entries);
            }
            statement.execute("ANALYZE TABLE revoked_token");
        } catch (SQLException e) {
            throw new IllegalStateException("cannot insert entries of the ledger: " + e.getMessage(), e);
        }
    }

    private static String entry(int number) {
        return ENTRY.formatted(number, (long) number * 7_919 % SPREAD_MILLIS);
    }
}
