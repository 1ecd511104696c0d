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
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.r2dbc.core.DatabaseClient;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** A pool whose connections pass a {@link TcpProxy}, work on all of its connections, and their state. */
final class ObservedPool implements AutoCloseable {
    static final int SIZE = 8;
    private static final Duration RESPONSE = Duration.ofMillis(1500);
    static final Duration LIMIT = Duration.ofSeconds(8);
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

    // Does not count its own connection: InnoDB begins a transaction only at the first access to an InnoDB table.
    private static final String OPEN_TRANSACTIONS = "SELECT COUNT(*) FROM information_schema.innodb_trx";

    private DatabaseServer database = start();
    private final TcpProxy proxy = TcpProxy.to("127.0.0.1", database.port());
    private final ConnectionPool pool;
    private final DatabaseClient client;
    private final R2dbcTransactions transactions;

    ObservedPool() {
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

    @Override
    public void close() {
        transactions.close();
        pool.dispose();
        proxy.close();
        database.close();
    }

    TcpProxy proxy() {
        return proxy;
    }

    /** Returns the process id of the database server. */
    long pid() {
        return database.pid();
    }

    /** Kills the database server; another one takes its place. */
    void replaceServer() throws Exception {
        DatabaseServer next = start();
        Signals.kill(database.pid());
        proxy.retarget("127.0.0.1", next.port());
        database.close();
        database = next;
    }

    /** Waits until no connection is acquired, and no transaction is in flight. */
    void awaitIdle() {
        await(() -> "all are given back", () -> metrics().acquiredSize() == 0 && transactions.inFlight() == 0);
    }

    /** Starts a database server and creates the table {@code entry} with a row per connection. */
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

    Mono<Long> number(String sql) {
        return client.sql(sql).mapValue(Long.class).one();
    }

    Mono<Long> increment(int id) {
        return transactions.execute(client.sql("UPDATE entry SET n = n + 1 WHERE id = " + id)
                .fetch()
                .rowsUpdated());
    }

    /** Runs one transaction per connection concurrently, each on a separate row. */
    Mono<Void> useAll() {
        return Flux.range(0, SIZE).flatMap(this::hold, SIZE).then();
    }

    private Mono<Long> hold(int id) {
        return transactions.execute(client.sql("UPDATE entry SET n = n + 1 WHERE id = " + id)
                .fetch()
                .rowsUpdated()
                .then(number("SELECT SLEEP(0.05)")));
    }

    private PoolMetrics metrics() {
        return pool.getMetrics().orElseThrow();
    }

    private void keepTrying(Mono<?> work) {
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

    private void await(Supplier<String> description, Callable<Boolean> condition) {
        Await.until(() -> description.get() + ": " + metrics().acquiredSize() + " acquired", LIMIT, condition);
    }

    /** Asserts that all connections work, none is acquired, and no transaction is open on the server. */
    void assertWhole() throws Exception {
        keepTrying(useAll());
        // A second run must also succeed, to exclude a success by chance.
        useAll().block(LIMIT);
        useAll().block(LIMIT);
        awaitIdle();
        assertThat(metrics().allocatedSize()).isLessThanOrEqualTo(SIZE);
        assertThat(metrics().pendingAcquireSize()).isZero();
        await(
                () -> "no transaction is open",
                InnoDbTransactions.fresh(
                        () -> Long.valueOf(0).equals(number(OPEN_TRANSACTIONS).block(LIMIT))));
    }

    /** Runs callers that cancel early, for the given time. */
    void useDuring(Duration time) {
        Flux.interval(Duration.ofMillis(25))
                .take(time)
                .onBackpressureDrop()
                .flatMap(i -> attempt(i.intValue()), 64)
                .then()
                .block(Duration.ofSeconds(30));
    }

    private Mono<Long> attempt(int i) {
        Mono<Long> work = i % 2 == 0 ? number("SELECT n FROM entry WHERE id = 1") : increment(i % SIZE);
        return work.timeout(Duration.ofMillis(150)).onErrorResume(failure -> Mono.empty());
    }
}
