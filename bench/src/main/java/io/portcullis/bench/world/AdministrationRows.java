package io.portcullis.bench.world;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/**
 * Fills the database with sessions, their tokens, entries of the login log, and token uses, as the pages of the administration find them in
 * a large installation: 90 days, 200,000 users of whom a few log in often and most rarely, addresses and devices alike, and a group of
 * users, addresses and devices ({@code batch-}, {@code 172.16.}, {@code kiosk}) that occur only in the oldest days.
 *
 * <p>The rows are made by the server ({@code INSERT ... SELECT}) while the tables have no secondary indexes; those are built
 * afterwards, as sorting is faster than inserting. Existing rows are kept: tables that have enough of them are left alone.
 */
public final class AdministrationRows {
    private static final int BATCH = 1_000_000;
    private static final long SPAN_MILLIS = 90L * 24 * 3_600_000;
    private static final String DIGITS = "(SELECT 0 n UNION SELECT 1 UNION SELECT 2 UNION SELECT 3 UNION SELECT 4 UNION"
            + " SELECT 5 UNION SELECT 6 UNION SELECT 7 UNION SELECT 8 UNION SELECT 9)";

    /** Random numbers from the digest h of the row's number, so that a row is the same in each run. */
    private static final String ROWS = """
            SELECT n, h, LPAD(HEX(ms), 12, '0') AS x, TIMESTAMPADD(MICROSECOND, 1000 * ms, '1970-01-01') AS at, p, address,
                r1, r2, old FROM
              (SELECT n, h, 1000 * TIMESTAMPDIFF(SECOND, '1970-01-01', UTC_TIMESTAMP()) - %1$d + FLOOR((n + r0) * %1$d / %2$d) AS ms,
                  FLOOR(200000 * ru * ru * ru) AS p, r1, r2, n < %2$d / 20 AND r2 < 0.6 AS old,
                  FLOOR(60000 * r3 * r3 * r3) AS address FROM
                (SELECT n, h, %3$s AS r0, %4$s AS ru, %5$s AS r1, %6$s AS r2, %7$s AS r3 FROM
                  (SELECT n, MD5(CONCAT('%8$s', n)) AS h FROM
                    (SELECT %9$d + 1000 * a.n + b.n AS n FROM bench_number a STRAIGHT_JOIN bench_number b
                     WHERE a.n < %10$d) k) m) r) t""";

    private static final String ID = "LOWER(CONCAT(SUBSTR(x, 1, 8), '-', SUBSTR(x, 9, 4), '-7', SUBSTR(h, 1, 3), '-8',"
            + " SUBSTR(h, 4, 3), '-', SUBSTR(h, 7, 12)))";
    private static final String NAME =
            "CONCAT(CASE WHEN old THEN 'batch-' WHEN MOD(p, 1000) = 7 THEN 'svc-' ELSE 'user-'"
                    + " END, LPAD(p, 6, '0'))";
    private static final String IP = "CASE WHEN old THEN CONCAT('172.16.', MOD(address, 256), '.', MOD(p, 256))"
            + " WHEN r1 < 0.0005 THEN CONCAT('2001:db8:', LOWER(HEX(address)), '::1')"
            + " ELSE CONCAT('10.', FLOOR(address / 6000), '.', MOD(FLOOR(address / 24), 250), '.', MOD(address, 24)) END";

    private static final String SESSIONS = """
            INSERT INTO auth_session (id, user_id, username, user_type, roles, device, ip, user_agent, scopes, created_at,
                last_seen_at, last_ip, expires_at)
            SELECT %s, CONCAT('u', p), %s, 'person', 'user',
                CASE WHEN old THEN 'kiosk' WHEN r1 < 0.5 THEN 'web' WHEN r1 < 0.75 THEN 'ios' WHEN r1 < 0.949 THEN 'android'
                    WHEN r1 < 0.95 THEN 'tv' END,
                %s, 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36', '', at, at,
                CASE WHEN r2 < 0.2 THEN CONCAT('10.200.', MOD(p, 250), '.', MOD(address, 250)) ELSE %s END,
                TIMESTAMPADD(DAY, 91, at) FROM (%s) z""";

    private static final String LOG = """
            INSERT INTO login_log (id, type, result, user_id, username, session_id, ip, user_agent, created_at, actor)
            SELECT %s,
                CASE WHEN r1 < 0.55 THEN 'LOGIN' WHEN r1 < 0.8 THEN 'LOGOUT' WHEN r1 < 0.9995 THEN 'EXPIRED'
                    WHEN r1 < 0.9999 THEN 'KICKED' WHEN r1 < 0.99999 THEN 'REUSE' ELSE 'PASSWORD_CHANGED' END,
                CASE WHEN r1 < 0.1 THEN 'BAD_CREDENTIALS' WHEN r1 < 0.101 THEN 'TOO_MANY_TRIES'
                    WHEN r1 < 0.10101 THEN 'ACCOUNT_DISABLED' ELSE 'SUCCESS' END,
                CASE WHEN r1 < 0.02 THEN NULL ELSE CONCAT('u', p) END, %s,
                CASE WHEN r1 < 0.102 THEN NULL
                    ELSE CONCAT('00000000-0000-7000-8000-', LPAD(FLOOR(n / 3), 12, '0')) END,
                %s, 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36', at, CONCAT('u', p) FROM (%s) z""";

    /** Ten uses of each token, at times that have nothing to do with the order of the digests. */
    private static final String TOKEN_USES = """
            INSERT IGNORE INTO token_use (access_digest, ip, used_hour, session_id, user_id, first_seen_at, last_seen_at)
            SELECT CONCAT(LOWER(LPAD(HEX(FLOOR(n / 10) * %s), 16, '0')), MD5(FLOOR(n / 10)), SUBSTR(MD5(FLOOR(n / 10)), 1, 16)), %s, hour,
                CONCAT('00000000-0000-7000-8000-', LPAD(16 * p + FLOOR(16 * r1), 12, '0')),
                CONCAT(CASE WHEN old THEN 'batch' ELSE 'u' END, p),
                TIMESTAMPADD(SECOND, -LEAST(FLOOR(r1 * 3600), MOD(TIMESTAMPDIFF(SECOND, '1970-01-01', at), 3600)), at), at
            FROM (SELECT *, TIMESTAMPDIFF(HOUR, '1970-01-01', at) AS hour FROM
                (SELECT n, h, p, address, r2 AS r1, r1 > 0.95 AS old,
                    TIMESTAMPADD(SECOND, -FLOOR(r1 * 7776000), UTC_TIMESTAMP()) AS at FROM (%s) y) z) x""";

    private final Stores stores;
    private final Consumer<String> log;

    public AdministrationRows(Stores stores, Consumer<String> log) {
        this.stores = stores;
        this.log = log;
    }

    /** Inserts the rows that are missing. Takes about a minute for each million rows. */
    public void insert(int sessions, int logRows, int tokenUses) {
        try (Connection connection = stores.connect();
                Statement statement = connection.createStatement()) {
            stores.giveMemoryOfProduction();
            makeNumbers(statement);
            if (count(statement, "auth_session") < sessions) {
                fill(statement, "auth_session", () -> sessions(statement, sessions));
            }
            if (count(statement, "login_log") < logRows) {
                fill(statement, "login_log", () -> logRows(statement, logRows));
            }
            // Two uses in a thousand may be left out, because their keys are equal.
            if (count(statement, "token_use") < tokenUses * 0.9) {
                fill(statement, "token_use", () -> tokenUses(statement, tokenUses));
            }
        } catch (SQLException e) {
            throw new IllegalStateException("cannot insert rows for the administration: " + e.getMessage(), e);
        }
    }

    private void makeNumbers(Statement statement) throws SQLException {
        run(statement, "CREATE TABLE IF NOT EXISTS bench_number (n INT NOT NULL PRIMARY KEY)");
        run(
                statement,
                "INSERT IGNORE INTO bench_number SELECT 100 * a.n + 10 * b.n + c.n FROM %1$s a, %1$s b, %1$s c"
                        .formatted(DIGITS));
    }

    private void sessions(Statement statement, int count) throws SQLException {
        for (int from = 0; from < count; from += BATCH) {
            run(statement, SESSIONS.formatted(ID, NAME, IP, IP, rows("s", from, count)));
        }
        run(statement, """
                INSERT INTO access_token (digest, session_id, user_id, expires_at)
                SELECT SHA2(CONCAT('a', id), 256), id, user_id, TIMESTAMPADD(MINUTE, 30, UTC_TIMESTAMP())
                FROM auth_session""");
        run(statement, """
                INSERT INTO refresh_token (digest, session_id, generation, expires_at)
                SELECT SHA2(CONCAT('r', id), 256), id, 0, expires_at FROM auth_session""");
    }

    private void logRows(Statement statement, int count) throws SQLException {
        for (int from = 0; from < count; from += BATCH) {
            run(statement, LOG.formatted(ID, NAME, IP, rows("l", from, count)));
        }
    }

    private void tokenUses(Statement statement, int count) throws SQLException {
        String step = String.valueOf(Long.MAX_VALUE / (count / 10 + 1));
        for (int from = 0; from < count; from += BATCH) {
            run(statement, TOKEN_USES.formatted(step, IP, rows("t", from, count)));
        }
    }

    private static String rows(String salt, int from, int total) {
        int thousands = Math.min(BATCH, total - from) / 1_000;
        return ROWS.formatted(
                SPAN_MILLIS, total, random(0), random(1), random(2), random(3), random(4), salt, from, thousands);
    }

    /** Returns a number from 0 to 1, from six digits of h. */
    private static String random(int part) {
        return "(CONV(SUBSTR(h, %d, 6), 16, 10) / 16777216)".formatted(1 + 6 * part);
    }

    private void fill(Statement statement, String table, Filling rows) throws SQLException {
        Map<String, String> indexes = indexes(statement, table);
        run(
                statement,
                "ALTER TABLE " + table
                        + alter(indexes.keySet().stream()
                                .map("DROP KEY %s"::formatted)
                                .toList()));
        rows.insert();
        run(
                statement,
                "ALTER TABLE " + table
                        + alter(indexes.entrySet().stream()
                                .map(index -> "ADD KEY %s (%s)".formatted(index.getKey(), index.getValue()))
                                .toList()));
        run(statement, "ANALYZE TABLE " + table);
    }

    private static String alter(List<String> changes) {
        return changes.stream().collect(Collectors.joining(", ", " ", ""));
    }

    /** Returns the secondary indexes with their columns. */
    private static Map<String, String> indexes(Statement statement, String table) throws SQLException {
        Map<String, List<String>> columns = new LinkedHashMap<>();
        try (ResultSet rows = statement.executeQuery("SELECT index_name, column_name FROM information_schema.statistics"
                + " WHERE table_schema = DATABASE() AND index_name <> 'PRIMARY' AND table_name = '" + table
                + "' ORDER BY index_name, seq_in_index")) {
            while (rows.next()) {
                columns.computeIfAbsent(rows.getString(1), name -> new ArrayList<>())
                        .add(rows.getString(2));
            }
        }
        Map<String, String> indexes = new LinkedHashMap<>();
        columns.forEach((name, parts) -> indexes.put(name, String.join(", ", parts)));
        return indexes;
    }

    private static long count(Statement statement, String table) throws SQLException {
        try (ResultSet row = statement.executeQuery("SELECT COUNT(*) FROM " + table)) {
            row.next();
            return row.getLong(1);
        }
    }

    private void run(Statement statement, String sql) throws SQLException {
        long from = System.nanoTime();
        statement.execute(sql);
        log.accept("%6.1f s  %s"
                .formatted(
                        (System.nanoTime() - from) / 1e9,
                        sql.strip().lines().findFirst().orElse("")));
    }

    @FunctionalInterface
    private interface Filling {
        void insert() throws SQLException;
    }
}
