package io.portcullis.core.r2dbc;

import io.portcullis.core.error.RootCause;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;

/**
 * Migrates the schema with Flyway over JDBC; the JDBC URL is derived from the R2DBC URL. Nodes that start together migrate one
 * after the other. The history is in the table {@code portcullis_schema_history}. The schema may already contain tables of other
 * applications. A migration that an earlier start did not finish is run again, see {@link MigrationDataSource}.
 */
public final class SchemaMigration {
    private static final String HISTORY = "portcullis_schema_history";
    private static final String CHECK =
            "Check that the database runs, that it can be reached from here, spring.r2dbc.url with its"
                    + " sslMode (REQUIRED if the server insists on TLS), spring.r2dbc.username and .password.";

    private SchemaMigration() {}

    /**
     * Migrates the schema to the latest version. Blocks, so it must be called only at the start.
     *
     * @throws SchemaMigrationException if the database is unreachable, a migration fails, or a table has an engine without
     *     transactions
     */
    public static void migrate(String r2dbcUrl, String username, String password) {
        migrate(r2dbcUrl, username, password, "latest");
    }

    /** Migrates the schema to the given version. */
    static void migrate(String r2dbcUrl, String username, String password, String version) {
        List<List<String>> servers = servers(r2dbcUrl);
        try {
            MigrationDataSource source = new MigrationServers(servers, username, password).writer();
            try (Connection connection = source.getConnection()) {
                migrate(connection, flyway(source, version));
            }
        } catch (SQLException | FlywayException e) {
            throw new SchemaMigrationException(
                    "Cannot migrate the schema at "
                            + describe(servers) + " as '" + username + "': "
                            + RootCause.describe(e),
                    CHECK,
                    e);
        }
    }

    /**
     * Flyway's own lock is not enough: Flyway creates the baseline before it locks, so one of two nodes that start with an empty schema
     * would fail.
     */
    private static void migrate(Connection connection, Flyway flyway) throws SQLException {
        MigrationLock lock = MigrationLock.acquire(connection);
        try {
            forgetFailures(connection);
            var unused = flyway.migrate();
            requireInnoDb(connection);
        } finally {
            lock.release();
        }
    }

    private static String describe(List<List<String>> servers) {
        return servers.stream()
                .map(urls -> urls.get(0).replaceFirst("\\?.*", ""))
                .collect(Collectors.joining(", "));
    }

    private static List<List<String>> servers(String r2dbcUrl) {
        try {
            return JdbcUrls.byServer(r2dbcUrl);
        } catch (IllegalArgumentException | IllegalStateException e) {
            throw new SchemaMigrationException(
                    "spring.r2dbc.url cannot be used: " + e.getMessage(),
                    "Set it to a URL such as r2dbc:mysql://localhost:3306/portcullis",
                    e);
        }
    }

    private static Flyway flyway(MigrationDataSource connections, String version) {
        return Flyway.configure(SchemaMigration.class.getClassLoader())
                .dataSource(connections)
                // The scripts name no engine, and the server's default may be one without transactions.
                .initSql("SET SESSION default_storage_engine = InnoDB")
                .locations("classpath:db/migration")
                .table(HISTORY)
                .baselineOnMigrate(true)
                .baselineVersion("0")
                .target(version)
                .load();
    }

    /**
     * Deletes failed migrations from the history, so that Flyway runs them again; otherwise Flyway refuses to run. Writes only if
     * there is such a migration, so that a node can start while the server is read-only.
     */
    private static void forgetFailures(Connection connection) throws SQLException {
        boolean begun = !texts(
                        connection,
                        "SELECT table_name FROM information_schema.tables"
                                + " WHERE table_schema = DATABASE() AND table_name = '" + HISTORY + "'")
                .isEmpty();
        String failed = " FROM " + HISTORY + " WHERE success = 0";
        if (begun && !texts(connection, "SELECT version" + failed).isEmpty()) {
            try (Statement statement = connection.createStatement()) {
                statement.executeUpdate("DELETE" + failed);
            }
        }
    }

    /** Verifies the storage engines: all guarantees of the gateway depend on transactions and row locks. */
    private static void requireInnoDb(Connection connection) throws SQLException {
        List<String> others = texts(
                connection,
                "SELECT table_name FROM information_schema.tables"
                        + " WHERE table_schema = DATABASE() AND engine IN ('MyISAM', 'Aria', 'MEMORY', 'CSV', 'ARCHIVE')"
                        + " AND table_name IN ('account', 'auth_session', 'access_token', 'refresh_token', 'revoked_token',"
                        + " 'login_log', 'lease', 'user_lock', 'token_use', 'node_sample', 'session_sample')");
        if (!others.isEmpty()) {
            throw new SchemaMigrationException(
                    "These tables of the gateway have a storage engine without transactions: "
                            + String.join(", ", others),
                    others.stream()
                            .map(table -> "ALTER TABLE " + table + " ENGINE = InnoDB;")
                            .collect(Collectors.joining(" ", "Stop all nodes and run: ", "")));
        }
    }

    private static List<String> texts(Connection connection, String sql) throws SQLException {
        List<String> texts = new ArrayList<>();
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            while (rows.next()) {
                texts.add(rows.getString(1));
            }
        }
        return texts;
    }
}
