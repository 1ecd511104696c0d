package io.portcullis.core.r2dbc.pool;

import static org.assertj.core.api.Assertions.assertThat;

import io.asyncer.r2dbc.mysql.MySqlConnectionFactoryProvider;
import io.portcullis.core.r2dbc.R2dbcTransactions;
import io.portcullis.testbed.Await;
import io.portcullis.testbed.DatabaseServer;
import io.portcullis.testbed.InnoDbTransactions;
import io.portcullis.testbed.Signals;
import io.portcullis.testbed.TcpProxy;
import io.r2dbc.pool.ConnectionPool;
import io.r2dbc.pool.PoolMetrics;
import io.r2dbc.spi.ConnectionFactoryOptions;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.r2dbc.core.DatabaseClient;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Verifies that a pool recovers within a few seconds from every kind of connection failure. */
@Timeout(180)
class PoolRecoveryIT {
    private static final int SIZE = 8;
    private static final Duration RESPONSE = Duration.ofMillis(1500);
    private static final Duration LIMIT = Duration.ofSeconds(8);
    private static final PoolSettings SETTINGS = PoolSettings.defaults()
            .withMaxSize(SIZE)
            .withTimeouts(new MySqlTimeouts(
                    Duration.ofSeconds(2),
                    Duration.ofSeconds(1),
                    Duration.ofSeconds(1),
                    RESPONSE,
                    Duration.ofSeconds(2)));

    /** Long timeouts: in a cold JVM the first connection takes longer than the default limits. */
    private static final PoolSettings LONG_TIMEOUTS = new PoolSettings(
            1,
            1,
            Duration.ofSeconds(10),
            Duration.ofSeconds(5),
            Duration.ofSeconds(90),
            Duration.ofMinutes(30),
            new MySqlTimeouts(
                    Duration.ofSeconds(10),
                    Duration.ofSeconds(3),
                    Duration.ofSeconds(3),
                    Duration.ofSeconds(10),
                    Duration.ofSeconds(10)));

    private static DatabaseServer database;
    private static TcpProxy proxy;
    private static ConnectionPool pool;
    private static DatabaseClient client;
    private static R2dbcTransactions transactions;

    @BeforeAll
    static void open() {
        database = start();
        proxy = TcpProxy.to("127.0.0.1", database.port());
        String url = database.r2dbcUrl().replace(":" + database.port(), ":" + proxy.port());
        ConnectionFactoryOptions options = ConnectionFactoryOptions.parse(url)
                .mutate()
                .option(ConnectionFactoryOptions.USER, database.username())
                // A replacement server has another password.
                .option(MySqlConnectionFactoryProvider.PASSWORD_PUBLISHER, Mono.fromSupplier(() -> database.password()))
                .build();
        pool = MySqlConnectionPools.create(options, SETTINGS);
        client = DatabaseClient.create(pool);
        transactions = new R2dbcTransactions(pool);
    }

    @AfterAll
    static void close() {
        transactions.close();
        pool.dispose();
        proxy.close();
        database.close();
    }

    @AfterEach
    void heal() {
        proxy.heal();
    }

    /** Starts a database server and creates the table of this test. */
    private static DatabaseServer start() {
        DatabaseServer server = DatabaseServer.start();
        ConnectionPool setUp =
                MySqlConnectionPools.create(server.r2dbcUrl(), server.username(), server.password(), LONG_TIMEOUTS);
        Flux.just(
                        "CREATE TABLE entry (id INT PRIMARY KEY, n INT NOT NULL)",
                        "INSERT INTO entry VALUES (0, 0), (1, 0), (2, 0), (3, 0), (4, 0), (5, 0), (6, 0), (7, 0)")
                .concatMap(sql -> DatabaseClient.create(setUp).sql(sql).then())
                .blockLast(Duration.ofSeconds(30));
        setUp.dispose();
        return server;
    }

    private static Mono<Long> number(String sql) {
        return client.sql(sql).mapValue(Long.class).one();
    }

    private static Mono<Long> increment(int id) {
        return transactions.execute(client.sql("UPDATE entry SET n = n + 1 WHERE id = " + id)
                .fetch()
                .rowsUpdated());
    }

    /** Runs one transaction per connection concurrently, each on a separate row. */
    private static Mono<Void> useAll() {
        return Flux.range(0, SIZE).flatMap(PoolRecoveryIT::hold, SIZE).then();
    }

    private static Mono<Long> hold(int id) {
        return transactions.execute(client.sql("UPDATE entry SET n = n + 1 WHERE id = " + id)
                .fetch()
                .rowsUpdated()
                .then(number("SELECT SLEEP(0.05)")));
    }

    private static PoolMetrics metrics() {
        return pool.getMetrics().orElseThrow();
    }

    private static void keepTrying(Mono<?> work) {
        var last = new AtomicReference<@Nullable Throwable>();
        await(() -> "a success instead of " + last, () -> {
            last.set(failure(work));
            return last.get() == null;
        });
    }

    private static @Nullable Throwable failure(Mono<?> work) {
        try {
            work.then().block(LIMIT);
            return null;
        } catch (RuntimeException e) {
            return e;
        }
    }

    private static void await(Supplier<String> description, Callable<Boolean> condition) {
        Await.until(() -> description.get() + ": " + metrics().acquiredSize() + " acquired", LIMIT, condition);
    }

    /** Asserts that all connections work, none is acquired, and no transaction is open on the server. */
    private static void assertWhole() throws Exception {
        keepTrying(useAll());
        // A second run must also succeed, to exclude a success by chance.
        useAll().block(LIMIT);
        useAll().block(LIMIT);
        await(() -> "all are given back", () -> metrics().acquiredSize() == 0 && transactions.inFlight() == 0);
        assertThat(metrics().allocatedSize()).isLessThanOrEqualTo(SIZE);
        assertThat(metrics().pendingAcquireSize()).isZero();
        await(
                () -> "no transaction is open",
                InnoDbTransactions.fresh(
                        () -> Long.valueOf(0).equals(number(OPEN_TRANSACTIONS).block(LIMIT))));
    }

    // Does not count its own connection: InnoDB begins a transaction only at the first access to an InnoDB table.
    private static final String OPEN_TRANSACTIONS = "SELECT COUNT(*) FROM information_schema.innodb_trx";

    /** Runs callers that cancel early, for the given time. */
    private static void useDuring(Duration time) {
        Flux.interval(Duration.ofMillis(25))
                .take(time)
                .onBackpressureDrop()
                .flatMap(i -> attempt(i.intValue()), 64)
                .then()
                .block(Duration.ofSeconds(30));
    }

    private static Mono<Long> attempt(int i) {
        Mono<Long> work = i % 2 == 0 ? number("SELECT n FROM entry WHERE id = 1") : increment(i % SIZE);
        return work.timeout(Duration.ofMillis(150)).onErrorResume(failure -> Mono.empty());
    }

    @Test
    void cancelWhenAtRandomPointsThenNothingIsLeftOpen() throws Exception {
        assertWhole();
        Random random = new Random(42);
        Flux.range(0, 200)
                .flatMap(i -> cancelled(i, Duration.ofNanos(random.nextInt(6_000_000) + 1L)), 4)
                .then()
                .block(Duration.ofSeconds(60));

        assertWhole();
    }

    private static Mono<Long> cancelled(int i, Duration patience) {
        Mono<Long> work = switch (i % 4) {
            case 0 -> number("SELECT n FROM entry WHERE id = " + i % SIZE);
            case 1 -> number("SELECT SLEEP(0.003)");
            case 2 -> number("SELECT n FROM entry WHERE id = " + i % SIZE + " FOR UPDATE");
            default -> increment(i % SIZE);
        };
        return work.timeout(patience, Mono.empty());
    }

    @Test
    void cutWhenInUseThenTheNextUsesWork() throws Exception {
        assertWhole();
        for (int i = 0; i < 5; i++) {
            CompletableFuture<Void> use = CompletableFuture.runAsync(() -> useDuring(Duration.ofMillis(200)));
            TimeUnit.MILLISECONDS.sleep(100);
            proxy.cut();
            use.get(30, TimeUnit.SECONDS);
        }

        assertWhole();
    }

    @Test
    void cutWhenIdleThenTheFirstCallersDoNotNotice() throws Exception {
        assertWhole();
        proxy.cut();

        useAll().block(LIMIT);
        assertWhole();
    }

    @Test
    void cutWhenTheDriverHasNotHeardOfItThenTheFirstCallersDoNotNotice() throws Exception {
        assertWhole();
        // From now on, each packet on these connections is answered with a reset.
        proxy.blackHole();
        CompletableFuture<Void> cut = CompletableFuture.runAsync(
                () -> {
                    proxy.cut();
                    proxy.heal();
                },
                CompletableFuture.delayedExecutor(100, TimeUnit.MILLISECONDS));

        useAll().block(LIMIT);
        cut.get(10, TimeUnit.SECONDS);
        assertWhole();
    }

    @Test
    void blackHoleWhenHealedThenWhole() throws Exception {
        assertWhole();
        proxy.blackHole();
        useDuring(Duration.ofSeconds(3));
        proxy.heal();

        assertWhole();
    }

    @Test
    void blackHoleWhenNeverHealedForOldConnectionsThenTheyAreReplaced() throws Exception {
        assertWhole();
        proxy.blackHole();
        useDuring(Duration.ofMillis(500));

        // No byte and no reset arrives, so only the response timeout closes these connections.
        await(() -> "no connection is acquired", () -> metrics().acquiredSize() == 0 && transactions.inFlight() == 0);
        proxy.cut();
        proxy.heal();
        assertWhole();
    }

    @Test
    void blackHoleWhenOnlyRequestsThenWhole() throws Exception {
        assertWhole();
        proxy.blackHoleRequests();
        useDuring(Duration.ofSeconds(2));
        proxy.heal();

        assertWhole();
    }

    @Test
    void blackHoleWhenOnlyAnswersThenWhole() throws Exception {
        assertWhole();
        proxy.blackHoleResponses();
        useDuring(Duration.ofSeconds(2));
        proxy.heal();

        assertWhole();
    }

    @Test
    void serverWhenFrozenForAWhileThenWhole() throws Exception {
        assertWhole();
        Signals.stop(database.pid());
        try {
            useDuring(Duration.ofSeconds(3));
        } finally {
            Signals.resume(database.pid());
        }

        assertWhole();
    }

    @Test
    void serverWhenKilledAndReplacedThenTheFirstCallersDoNotNotice() throws Exception {
        assertWhole();
        DatabaseServer next = start();
        Signals.kill(database.pid());
        proxy.retarget("127.0.0.1", next.port());
        database.close();
        database = next;

        useAll().block(LIMIT);
        assertWhole();
    }

    @Test
    void serverWhenGoneForAWhileThenCallersFailInTimeAndItIsWholeAfterwards() throws Exception {
        assertWhole();
        proxy.refuse();
        proxy.cut();
        useDuring(Duration.ofSeconds(1));
        proxy.heal();

        assertWhole();
    }
}
