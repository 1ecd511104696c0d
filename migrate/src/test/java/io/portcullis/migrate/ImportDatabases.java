package io.portcullis.migrate;

import io.portcullis.core.r2dbc.SchemaMigration;
import io.portcullis.testbed.DatabaseServer;
import io.portcullis.testbed.SqlClient;
import io.portcullis.testbed.Testbed;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import java.util.Properties;

/** A source and a target database on the real server, and the tool as an operator runs it. */
final class ImportDatabases implements AutoCloseable {
    /** Of the password {@code admin123}, made by Spring Security. */
    static final String HASH = "$2a$10$7JB720yubVSZvUI0rEqK/.VqGOZTH.ulu33dHOiBE8ByOhJIrdAu2";

    private static final DatabaseServer SERVER = Testbed.shared().database();

    final SqlClient source;
    final SqlClient target;
    final Properties settings = new Properties();

    private ImportDatabases(String kind, String sourceUrl, String targetUrl) throws SQLException {
        source = SqlClient.open(SERVER, sourceUrl);
        target = SqlClient.open(SERVER, targetUrl);
        settings.setProperty("source", kind);
        settings.setProperty("source.url", sourceUrl);
        settings.setProperty("source.username", SERVER.username());
        settings.setProperty("source.time-zone", "Asia/Shanghai");
        settings.setProperty("target.url", targetUrl);
        settings.setProperty("target.username", SERVER.username());
        settings.setProperty("target.password", SERVER.password());
    }

    /** Creates an empty source with the schema of this resource of the testbed, and a migrated target. */
    static ImportDatabases create(String kind, String schema) throws SQLException {
        String target = SERVER.createDatabase();
        SchemaMigration.migrate(target, SERVER.username(), SERVER.password());
        var databases = new ImportDatabases(kind, SERVER.createDatabase(), target);
        if (!schema.isEmpty()) {
            databases.source.script(schema);
        }
        return databases;
    }

    /** What a run printed, and its exit code. */
    record Run(int exitCode, String out, String err) {}

    /** Runs a command with a file of the settings. The password of the source is in the environment. */
    Run run(String command) throws Exception {
        Path file = Files.createTempFile("migrate", ".properties");
        try {
            try (var writer = Files.newBufferedWriter(file)) {
                settings.store(writer, null);
            }
            var out = new ByteArrayOutputStream();
            var err = new ByteArrayOutputStream();
            int exit = Migrate.run(
                    new String[] {command, file.toString()},
                    new PrintStream(out, true, StandardCharsets.UTF_8),
                    new PrintStream(err, true, StandardCharsets.UTF_8),
                    name -> name.equals("SOURCE_PASSWORD") ? SERVER.password() : null);
            return new Run(exit, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
        } finally {
            Files.delete(file);
        }
    }

    /** Removes all rows of the source and what an import writes in the target, so that a test class needs one pair of databases. */
    void clear() throws SQLException {
        for (String table : source.rows("SHOW TABLES")) {
            source.execute("TRUNCATE TABLE " + table);
        }
        for (String table : List.of(
                "account",
                "oauth_client",
                "auth_session",
                "access_token",
                "refresh_token",
                "revoked_token",
                "imported_token",
                "migration_import",
                "login_log")) {
            target.execute("TRUNCATE TABLE " + table);
        }
    }

    /** Inserts a user of yudao with the password of {@link #HASH}. */
    void yudaoUser(long id, String username, int status, long tenant) throws SQLException {
        source.execute("INSERT INTO system_users (id, username, password, status, tenant_id, create_time) VALUES (" + id
                + ", '" + username + "', '" + HASH + "', " + status + ", " + tenant + ", '2024-01-05 17:03:47')");
    }

    /** Returns the accounts of the target in the order of their ids. */
    List<String> accounts() throws SQLException {
        return target.rows("SELECT id, username, status, roles, user_type FROM account ORDER BY id");
    }

    @Override
    public void close() throws SQLException {
        source.close();
        target.close();
    }
}
