package io.portcullis.core.r2dbc;

import io.r2dbc.spi.ConnectionFactoryOptions;
import io.r2dbc.spi.Option;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Locale;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;

/**
 * Brings the schema up to date with Flyway, over JDBC, whose URL derives from the R2DBC URL. Nodes that start together wait for
 * each other. Its history is in {@code portcullis_schema_history}, and a schema that holds an application's tables already is
 * accepted.
 */
public final class SchemaMigration {
    private static final Option<String> SSL_MODE = Option.valueOf("sslMode");
    private static final Option<String> SSL_CA = Option.valueOf("sslCa");
    private static final int DEFAULT_PORT = 3306;
    private static final int LOCK_LIMIT_SECONDS = 60;

    private SchemaMigration() {}

    /**
     * Migrates. Blocks: for start-up only.
     *
     * @throws IllegalStateException if the database cannot be reached or a migration fails; the message says where and what to
     *     check
     */
    public static void migrate(String r2dbcUrl, String username, String password) {
        String jdbcUrl = jdbcUrl(r2dbcUrl);
        try (Connection connection = DriverManager.getConnection(jdbcUrl, username, password)) {
            lock(connection);
            Flyway.configure(SchemaMigration.class.getClassLoader())
                    .dataSource(jdbcUrl, username, password)
                    .locations("classpath:db/migration")
                    .table("portcullis_schema_history")
                    .baselineOnMigrate(true)
                    .baselineVersion("0")
                    .load()
                    .migrate();
        } catch (SQLException | FlywayException e) {
            throw new IllegalStateException(
                    "cannot bring the schema up to date through " + jdbcUrl + " as " + username
                            + ": check that the database runs, spring.r2dbc.url, .username and .password,"
                            + " and sslMode (REQUIRED if the server insists on TLS): " + e.getMessage(),
                    e);
        }
    }

    /**
     * Waits for its turn, which ends with the connection. Flyway's own lock comes too late: it makes the baseline before, and of two
     * nodes that find an empty schema one would fail.
     */
    private static void lock(Connection connection) throws SQLException {
        try (PreparedStatement lock =
                        connection.prepareStatement("SELECT GET_LOCK(CONCAT('portcullis.', MD5(DATABASE())), ?)");
                ResultSet row = execute(lock)) {
            if (!row.next() || row.getInt(1) != 1) {
                throw new SQLException("another node has been at it for " + LOCK_LIMIT_SECONDS + " s");
            }
        }
    }

    private static ResultSet execute(PreparedStatement lock) throws SQLException {
        lock.setInt(1, LOCK_LIMIT_SECONDS);
        return lock.executeQuery();
    }

    /** The JDBC URL for the database of that R2DBC URL. */
    static String jdbcUrl(String r2dbcUrl) {
        ConnectionFactoryOptions options = ConnectionFactoryOptions.parse(r2dbcUrl);
        Object port = options.hasOption(ConnectionFactoryOptions.PORT)
                ? options.getRequiredValue(ConnectionFactoryOptions.PORT)
                : DEFAULT_PORT;
        return "jdbc:mariadb://" + options.getRequiredValue(ConnectionFactoryOptions.HOST) + ":" + port + "/"
                + options.getRequiredValue(ConnectionFactoryOptions.DATABASE) + "?connectTimeout=3000&" + ssl(options);
    }

    private static String ssl(ConnectionFactoryOptions options) {
        return switch (sslMode(options)) {
            // The driver cannot try TLS and do without: plain, with the server's key for caching_sha2_password.
            case "DISABLED", "PREFERRED" -> "sslMode=disable&allowPublicKeyRetrieval=true";
            case "REQUIRED", "TUNNEL" -> "sslMode=trust";
            case "VERIFY_CA" -> "sslMode=verify-ca" + certificate(options);
            case "VERIFY_IDENTITY" -> "sslMode=verify-full" + certificate(options);
            default ->
                throw new IllegalArgumentException("sslMode: " + sslMode(options)
                        + " (expected: DISABLED, PREFERRED, REQUIRED, TUNNEL, VERIFY_CA or VERIFY_IDENTITY)");
        };
    }

    private static String sslMode(ConnectionFactoryOptions options) {
        if (options.hasOption(SSL_MODE)) {
            return String.valueOf(options.getValue(SSL_MODE))
                    .toUpperCase(Locale.ROOT)
                    .replace('-', '_');
        }
        return Boolean.TRUE.equals(options.getValue(ConnectionFactoryOptions.SSL)) ? "VERIFY_IDENTITY" : "PREFERRED";
    }

    private static String certificate(ConnectionFactoryOptions options) {
        return options.hasOption(SSL_CA)
                ? "&serverSslCert="
                        + URLEncoder.encode(String.valueOf(options.getValue(SSL_CA)), StandardCharsets.UTF_8)
                : "";
    }
}
