package io.portcullis.core.r2dbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.portcullis.testbed.DatabaseServer;
import io.portcullis.testbed.Testbed;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.flywaydb.core.Flyway;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

@Timeout(180)
class SchemaMigrationIT {
    @RegisterExtension
    static final TestStore store = new TestStore();

    @Test
    void migrateWhenDoneAlreadyThenNothingHappens() {
        DatabaseServer server = Testbed.shared().database();
        SchemaMigration.migrate(store.url, server.username(), server.password());

        assertThat(store.count("SELECT COUNT(*) FROM portcullis_schema_history WHERE version = '1'"))
                .isEqualTo(1);
    }

    @Test
    void migrateWhenNodesStartTogetherOnAnEmptyDatabaseThenAllSucceed() {
        DatabaseServer server = Testbed.shared().database();
        for (int round = 0; round < 3; round++) {
            String url = server.createDatabase();

            CompletableFuture.allOf(IntStream.range(0, 4)
                            .mapToObj(node -> CompletableFuture.runAsync(
                                    () -> SchemaMigration.migrate(url, server.username(), server.password()),
                                    task -> new Thread(task, "node").start()))
                            .toArray(CompletableFuture<?>[]::new))
                    .join();
        }
    }

    @Test
    void migrateWhenPasswordIsWrongThenSaysWhereAndWhatToCheck() {
        DatabaseServer server = Testbed.shared().database();

        assertThatThrownBy(() -> SchemaMigration.migrate(store.url, server.username(), "wrong-secret"))
                .isInstanceOfSatisfying(
                        SchemaMigrationException.class,
                        refusal -> assertThat(refusal.action()).contains("spring.r2dbc.url"))
                .hasMessageContaining("Access denied")
                .hasMessageNotContaining("wrong-secret");
    }

    @Test
    void migrateWhenTlsIsPreferredThenAServerWithoutItWillDo() {
        DatabaseServer server = Testbed.shared().database();

        SchemaMigration.migrate(
                store.url.replaceFirst("sslMode=\\w+", "sslMode=preferred"), server.username(), server.password());
    }

    @Test
    void migrateWhenAFormerStartWasKilledInAMigrationThenGoesOn() throws Exception {
        var whole = schema(new MigratedDatabase().migrate(Integer.MAX_VALUE));
        for (String script : scripts()) {
            List<String> statements = statements(script);
            for (int done = 1; done <= statements.size(); done++) {
                var database = new MigratedDatabase().migrate(version(script) - 1);
                database.execute(statements.subList(0, done));

                database.migrate(Integer.MAX_VALUE);

                assertThat(schema(database))
                        .as("%s, %d statements done", script, done)
                        .isEqualTo(whole);
            }
        }
    }

    @Test
    void migrateWhenAFormerStartNotedThatItFailedThenGoesOn() throws Exception {
        var database = new MigratedDatabase().migrate(0);
        database.execute(statements(scripts().get(0)).subList(0, 2));
        database.execute(List.of("INSERT INTO portcullis_schema_history VALUES"
                + " (7, '1', 'schema', 'SQL', 'V1__schema.sql', 1, 'u', UTC_TIMESTAMP(), 1, 0)"));

        database.migrate(Integer.MAX_VALUE);

        assertThat(database.texts("SELECT success FROM portcullis_schema_history"))
                .containsOnly("1");
    }

    @Test
    void migrateWhenATableOfAnotherApplicationHasTheNameThenRefused() throws Exception {
        var database = new MigratedDatabase();
        database.execute(List.of("CREATE TABLE account (id INT PRIMARY KEY, owner TEXT)"));

        assertThatThrownBy(() -> database.migrate(Integer.MAX_VALUE))
                .isInstanceOf(SchemaMigrationException.class)
                .hasMessageContaining("account");
        assertThat(database.texts("SELECT column_name FROM information_schema.columns"
                        + " WHERE table_schema = DATABASE() AND table_name = 'account'"))
                .containsExactlyInAnyOrder("id", "owner");
    }

    @Test
    void migrateWhenTheServersDefaultEngineIsAnotherThenTablesAreInnoDb() throws Exception {
        var database = new MigratedDatabase();
        database.execute(List.of("SET GLOBAL default_storage_engine = MyISAM"));
        try {
            database.migrate(Integer.MAX_VALUE);
        } finally {
            database.execute(List.of("SET GLOBAL default_storage_engine = InnoDB"));
        }

        assertThat(database.texts(
                        "SELECT DISTINCT engine FROM information_schema.tables" + " WHERE table_schema = DATABASE()"))
                .containsExactly("InnoDB");
    }

    @Test
    void migrateWhenATableHasNoTransactionsThenTheRefusalNamesTheMend() throws Exception {
        var database = new MigratedDatabase().migrate(Integer.MAX_VALUE);
        database.execute(List.of("ALTER TABLE revoked_token ENGINE = MyISAM"));

        assertThatThrownBy(() -> database.migrate(Integer.MAX_VALUE))
                .isInstanceOfSatisfying(
                        SchemaMigrationException.class,
                        refusal -> assertThat(refusal.action()).contains("ALTER TABLE revoked_token ENGINE = InnoDB;"));
    }

    private static List<String> schema(MigratedDatabase database) throws SQLException {
        List<String> all = new ArrayList<>(database.texts("SELECT CONCAT_WS(' ', table_name, column_name, column_type,"
                + " is_nullable, column_default, collation_name) FROM information_schema.columns"
                + " WHERE table_schema = DATABASE() ORDER BY table_name, column_name"));
        all.addAll(database.texts("SELECT CONCAT_WS(' ', table_name, index_name, non_unique, seq_in_index, column_name)"
                + " FROM information_schema.statistics WHERE table_schema = DATABASE()"
                + " ORDER BY table_name, index_name, seq_in_index"));
        all.addAll(database.texts("SELECT name FROM lease ORDER BY name"));
        all.addAll(database.texts("SELECT CONCAT(version, success) FROM portcullis_schema_history WHERE version <> '0'"
                + " ORDER BY installed_rank"));
        return all;
    }

    private static List<String> scripts() throws Exception {
        try (var files = Files.list(Path.of(Objects.requireNonNull(SchemaMigration.class.getResource("/db/migration"))
                .toURI()))) {
            return files.map(file -> file.getFileName().toString())
                    .sorted(Comparator.comparingInt(SchemaMigrationIT::version))
                    .toList();
        }
    }

    private static int version(String script) {
        return Integer.parseInt(script.substring(1, script.indexOf("__")));
    }

    private static List<String> statements(String script) throws IOException {
        try (var stream = SchemaMigration.class.getResourceAsStream("/db/migration/" + script)) {
            String sql = new String(Objects.requireNonNull(stream).readAllBytes(), StandardCharsets.UTF_8)
                    .replaceAll("(?m)^\\s*--.*$", "");
            return Stream.of(sql.split(";\\s*(\\n|$)"))
                    .map(String::strip)
                    .filter(statement -> !statement.isEmpty())
                    .toList();
        }
    }

    /** Represents a separate database, which is empty at first. */
    private static final class MigratedDatabase {
        private final DatabaseServer server = Testbed.shared().database();
        private final String url = server.createDatabase();

        /** Migrates the database to the given version, as the start of the gateway does. */
        MigratedDatabase migrate(int version) {
            if (version == Integer.MAX_VALUE) {
                SchemaMigration.migrate(url, server.username(), server.password());
            } else if (version == 0) {
                flyway("1").baseline();
            } else {
                flyway(String.valueOf(version)).migrate();
            }
            return this;
        }

        private Flyway flyway(String target) {
            return Flyway.configure()
                    .dataSource(jdbcUrl(), server.username(), server.password())
                    .locations("classpath:db/migration")
                    .table("portcullis_schema_history")
                    .baselineOnMigrate(true)
                    .baselineVersion("0")
                    .target(target)
                    .load();
        }

        private String jdbcUrl() {
            List<String> urls = JdbcUrls.of(url);
            return urls.get(urls.size() - 1);
        }

        void execute(List<String> statements) throws SQLException {
            try (Connection connection = DriverManager.getConnection(jdbcUrl(), server.username(), server.password());
                    Statement statement = connection.createStatement()) {
                for (String sql : statements) {
                    statement.execute(sql);
                }
            }
        }

        List<String> texts(String sql) throws SQLException {
            List<String> texts = new ArrayList<>();
            try (Connection connection = DriverManager.getConnection(jdbcUrl(), server.username(), server.password());
                    Statement statement = connection.createStatement();
                    ResultSet rows = statement.executeQuery(sql)) {
                while (rows.next()) {
                    texts.add(rows.getString(1));
                }
            }
            return texts;
        }
    }
}
