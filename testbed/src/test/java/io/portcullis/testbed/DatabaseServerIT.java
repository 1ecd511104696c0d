package io.portcullis.testbed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.r2dbc.spi.Connection;
import io.r2dbc.spi.ConnectionFactories;
import io.r2dbc.spi.ConnectionFactory;
import io.r2dbc.spi.ConnectionFactoryOptions;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

@SuppressWarnings("NullAway.Init")
class DatabaseServerIT {
    private static DatabaseServer server;

    @BeforeAll
    static void startServer() {
        server = DatabaseServer.start();
    }

    @AfterAll
    static void closeServer() {
        server.close();
    }

    @Test
    void startGivenSelectedProductThenThatVersionAnswersOverTheR2dbcUrl() {
        String product = System.getProperty(Settings.DATABASE, "mariadb");

        String version = query(server.r2dbcUrl(), "SELECT VERSION()");

        assertThat(version).startsWith(product.equals("mysql") ? "8.0.31" : "11.4.5-MariaDB");
        assertThat(query(server.r2dbcUrl(), "SELECT DATABASE()")).isEqualTo("portcullis");
        assertThat(query(server.r2dbcUrl(), "SELECT @@max_connections")).isEqualTo("300");
    }

    @Test
    void startThenOnlyItsTwoAccountsCanLogInWithoutTheSocket() {
        String accounts = query(
                server.r2dbcUrl(),
                "SELECT GROUP_CONCAT(User ORDER BY User) FROM mysql.user WHERE User NOT LIKE 'm%.%' AND User <> 'PUBLIC'");

        assertThat(accounts).isEqualTo("portcullis,portcullis_application");
    }

    @Test
    void setReadOnlyThenTheApplicationsWritesAreRefusedUntilItTakesThemAgain() {
        String user = server.applicationUsername();
        query(server.r2dbcUrl(), "CREATE TABLE note (text VARCHAR(20))");
        String insert = "INSERT INTO note VALUES ('x')";

        server.setReadOnly(true);

        assertThatThrownBy(() -> query(server.r2dbcUrl(), user, insert)).hasMessageContaining("read-only");
        assertThat(query(server.r2dbcUrl(), user, "SELECT COUNT(*) FROM note")).isEqualTo("0");

        server.setReadOnly(false);

        query(server.r2dbcUrl(), user, insert);
        assertThat(query(server.r2dbcUrl(), user, "SELECT COUNT(*) FROM note")).isEqualTo("1");
    }

    @Test
    void createDatabaseThenEachIsEmptyItsOwnAndUtf8() {
        String first = server.createDatabase();
        String second = server.createDatabase();

        query(first, "CREATE TABLE word (text VARCHAR(20))");
        query(first, "INSERT INTO word VALUES ('\uD83D\uDEAA')");

        assertThat(first).isNotEqualTo(second);
        assertThat(query(first, "SELECT text FROM word")).isEqualTo("\uD83D\uDEAA");
        assertThat(query(second, "SELECT COUNT(*) FROM information_schema.tables WHERE table_schema = DATABASE()"))
                .isEqualTo("0");
    }

    @Test
    void closeThenTheProcessHasEnded() {
        DatabaseServer other = DatabaseServer.start();
        assertThat(Processes.isRunning(other.pid())).isTrue();

        other.close();

        assertThat(Processes.isRunning(other.pid())).isFalse();
        assertThat(other.port()).isNotEqualTo(server.port());
    }

    private static String query(String url, String sql) {
        return query(url, server.username(), sql);
    }

    private static String query(String url, String username, String sql) {
        ConnectionFactory factory = ConnectionFactories.get(ConnectionFactoryOptions.parse(url)
                .mutate()
                .option(ConnectionFactoryOptions.USER, username)
                .option(ConnectionFactoryOptions.PASSWORD, server.password())
                .build());
        String result = Mono.usingWhen(factory.create(), connection -> first(connection, sql), Connection::close)
                .block(Duration.ofSeconds(20));
        return String.valueOf(result);
    }

    private static Mono<String> first(Connection connection, String sql) {
        return Flux.from(connection.createStatement(sql).execute())
                .flatMap(result -> result.map(row -> String.valueOf(row.get(0))))
                .next();
    }
}
