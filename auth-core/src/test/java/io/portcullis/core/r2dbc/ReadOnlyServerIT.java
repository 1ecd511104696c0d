package io.portcullis.core.r2dbc;

import static org.assertj.core.api.Assertions.assertThat;

import io.portcullis.core.error.ErrorCode;
import io.portcullis.core.error.PortcullisException;
import io.portcullis.core.r2dbc.pool.MySqlConnectionPools;
import io.portcullis.core.r2dbc.pool.MySqlServers;
import io.portcullis.core.r2dbc.pool.ReadOnlyServerProbe;
import io.portcullis.testbed.Await;
import io.portcullis.testbed.DatabaseServer;
import io.portcullis.testbed.TcpProxy;
import io.r2dbc.pool.ConnectionPool;
import java.net.URI;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.StringJoiner;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.r2dbc.core.DatabaseClient;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Tests a failover behind one host name: the former primary becomes read-only and keeps its connections, and the name leads to
 * another server.
 */
@Timeout(180)
class ReadOnlyServerIT {
    private static final String USER = "application";
    private static final String PASSWORD = "application-pass";
    /** Longer than several response timeouts (5 s): a connection whose validation was too slow is closed after one. */
    private static final Duration LIMIT = Duration.ofSeconds(30);

    private static DatabaseServer former;
    private static DatabaseServer next;

    private TcpProxy name;
    private MySqlServers servers;
    private ConnectionPool pool;
    private DatabaseClient client;
    private R2dbcTransactions transactions;

    @BeforeAll
    static void startServers() throws SQLException {
        former = start("former");
        next = start("next");
    }

    @AfterAll
    static void stopServers() {
        former.close();
        next.close();
    }

    private static DatabaseServer start(String mark) throws SQLException {
        DatabaseServer server = DatabaseServer.start();
        administer(
                server,
                "CREATE TABLE entry (id INT PRIMARY KEY, server VARCHAR(16) NOT NULL, n INT NOT NULL)",
                "INSERT INTO entry VALUES (1, '" + mark + "', 0)",
                "CREATE USER '" + USER + "'@'127.0.0.1' IDENTIFIED BY '" + PASSWORD + "'",
                "GRANT SELECT, INSERT, UPDATE, DELETE ON portcullis.* TO '" + USER + "'@'127.0.0.1'");
        return server;
    }

    private static void administer(DatabaseServer server, String... statements) throws SQLException {
        try (Connection connection = connect(server);
                Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        }
    }

    private static long connectionsTo(DatabaseServer server) {
        try (Connection connection = connect(server);
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(
                        "SELECT COUNT(*) FROM information_schema.processlist WHERE user = '" + USER + "'")) {
            assertThat(row.next()).isTrue();
            return row.getLong(1);
        } catch (SQLException e) {
            throw new AssertionError(e);
        }
    }

    private void awaitTheFormerServerIsLeft() {
        Await.until(
                () -> "no connection to the former server is left; there are " + describeConnectionsTo(former) + " of "
                        + pooled(),
                LIMIT,
                () -> connectionsTo(former) == 0);
    }

    private String pooled() {
        return pool.getMetrics()
                .map(metrics -> metrics.allocatedSize() + " pooled, " + metrics.idleSize() + " idle, "
                        + metrics.acquiredSize() + " in use")
                .orElse("an unknown number");
    }

    private static String describeConnectionsTo(DatabaseServer server) {
        StringJoiner rows = new StringJoiner("; ");
        try (Connection connection = connect(server);
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT id, host, command, time, state, info"
                        + " FROM information_schema.processlist WHERE user = '" + USER + "'")) {
            while (row.next()) {
                rows.add("%s %s %s %s s %s %s"
                        .formatted(
                                row.getString(1),
                                row.getString(2),
                                row.getString(3),
                                row.getString(4),
                                row.getString(5),
                                row.getString(6)));
            }
        } catch (SQLException e) {
            throw new AssertionError(e);
        }
        return rows.toString();
    }

    private static Connection connect(DatabaseServer server) throws SQLException {
        return DriverManager.getConnection(JdbcUrls.of(server.r2dbcUrl()).get(0), server.username(), server.password());
    }

    @BeforeEach
    void open() {
        name = TcpProxy.to("127.0.0.1", former.port());
        int port = URI.create(former.r2dbcUrl().substring("r2dbc:".length())).getPort();
        String url = former.r2dbcUrl().replace(":" + port, ":" + name.port());
        servers = MySqlServers.start(url, USER, PASSWORD, OpenedPools.SETTINGS.timeouts(), false);
        pool = MySqlConnectionPools.create(servers, OpenedPools.SETTINGS.withMaxSize(8));
        client = DatabaseClient.create(pool);
        transactions = new R2dbcTransactions(pool);
        Await.until("the first connection", LIMIT, () -> works(write()));
    }

    @AfterEach
    void close() throws SQLException {
        administer(former, "SET GLOBAL read_only = 0");
        transactions.close();
        pool.dispose();
        servers.close();
        name.close();
    }

    private Mono<Long> write() {
        return transactions.execute(client.sql("UPDATE entry SET n = n + 1 WHERE id = 1")
                .fetch()
                .rowsUpdated()
                .onErrorMap(StoreFailures::translate));
    }

    private Mono<String> readMark() {
        return readMark(client);
    }

    private static Mono<String> readMark(DatabaseClient client) {
        return client.sql("SELECT server FROM entry WHERE id = 1")
                .mapValue(String.class)
                .one();
    }

    private static boolean works(Mono<?> work) {
        return Boolean.TRUE.equals(work.thenReturn(true)
                .onErrorResume(
                        error -> error instanceof PortcullisException refusal && refusal.code() == ErrorCode.UNAVAILABLE
                                ? Mono.just(false)
                                : Mono.error(error))
                .block(Duration.ofSeconds(30)));
    }

    /** Reads without pause, so that the pool evicts no connection for being idle. */
    private Disposable keepBusy() {
        return Flux.range(0, 6)
                .flatMap(
                        i -> readMark()
                                .onErrorComplete()
                                .delaySubscription(Duration.ofMillis(5))
                                .repeat(),
                        6)
                .subscribe();
    }

    @Test
    void writeWhenTheServerIsReadOnlyAndTheNameMovesThenWritesWorkAgain() throws Exception {
        Disposable busy = keepBusy();
        administer(former, "SET GLOBAL read_only = 1");
        assertThat(works(write())).isFalse();

        name.retarget("127.0.0.1", next.port());
        Await.until("writes work again", LIMIT, () -> works(write()));
        awaitTheFormerServerIsLeft();
        for (int i = 0; i < 20; i++) {
            assertThat(works(write())).isTrue();
        }
        busy.dispose();
    }

    @Test
    void writeWhenTheNameMovedBeforeTheFirstRefusalThenNoCallerNotices() throws Exception {
        administer(former, "SET GLOBAL read_only = 1");
        name.retarget("127.0.0.1", next.port());

        assertThat(works(write())).isTrue();
    }

    @Test
    void writeWhenTheServerIsWritableAgainThenWorks() throws Exception {
        administer(former, "SET GLOBAL read_only = 1");
        AtomicInteger refused = new AtomicInteger();
        for (int i = 0; i < 20; i++) {
            refused.addAndGet(works(write()) ? 0 : 1);
        }
        administer(former, "SET GLOBAL read_only = 0");

        assertThat(refused).hasValue(20);
        Await.until("writes work again", LIMIT, () -> works(write()));
    }

    @Test
    void readWhenNothingIsWrittenThenTheFormerServerIsLeftAllTheSame() throws Exception {
        AtomicBoolean moved = new AtomicBoolean();
        Disposable busy = keepBusy();
        try (ReadOnlyServerProbe probe = new ReadOnlyServerProbe(transactions)) {
            probe.start();
            administer(former, "SET GLOBAL read_only = 1");
            name.retarget("127.0.0.1", next.port());
            Await.until("reads come from the next server", LIMIT, () -> {
                moved.set("next".equals(readMark().onErrorComplete().block(LIMIT)));
                return moved.get();
            });
            awaitTheFormerServerIsLeft();
        }
        busy.dispose();
    }

    /** The check of tokens and the replay of the ledger have pools of their own, and write nothing that would be refused. */
    @Test
    void readWhenAnotherPoolWasRefusedThenTheFormerServerIsLeftAllTheSame() throws Exception {
        ConnectionPool readers = MySqlConnectionPools.create(servers, OpenedPools.SETTINGS.withMaxSize(2));
        try (ReadOnlyServerProbe probe = new ReadOnlyServerProbe(transactions)) {
            DatabaseClient reader = DatabaseClient.create(readers);
            assertThat(readMark(reader).block(LIMIT)).isEqualTo("former");
            administer(former, "SET GLOBAL read_only = 1");
            name.retarget("127.0.0.1", next.port());
            probe.start();

            Await.until(
                    "reads come from the next server",
                    LIMIT,
                    () -> "next".equals(readMark(reader).onErrorComplete().block(LIMIT)));
        } finally {
            readers.dispose();
        }
    }

    @Test
    void migrateWhenNothingIsToBeDoneThenANodeCanStartOnAReadOnlyServer() throws Exception {
        SchemaMigration.migrate(former.r2dbcUrl(), former.username(), former.password());
        administer(former, "SET GLOBAL read_only = 1");

        SchemaMigration.migrate(former.r2dbcUrl(), USER, PASSWORD);
    }

    @Test
    void writeWhenTheServerShutsDownThenTheNextWritesWork() throws Exception {
        DatabaseServer ending = start("ending");
        name.retarget("127.0.0.1", ending.port());
        name.cut();
        Await.until("connected", LIMIT, () -> works(write()));
        name.retarget("127.0.0.1", next.port());
        administer(ending, "SHUTDOWN");

        Await.until("writes work again", LIMIT, () -> works(write()));
        ending.close();
    }
}
