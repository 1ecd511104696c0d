package io.portcullis.core.r2dbc;

import io.portcullis.core.r2dbc.pool.PoolSettings;
import io.portcullis.testbed.DatabaseServer;
import io.portcullis.testbed.Testbed;
import io.r2dbc.pool.ConnectionPool;
import java.time.Duration;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.springframework.r2dbc.core.DatabaseClient;
import reactor.core.publisher.Mono;

/** Provides a migrated database per test class, with a connection pool and transactions. */
final class TestStore implements AfterAllCallback {
    private static final Duration LIMIT = Duration.ofSeconds(20);

    final String url;
    final ConnectionPool pool;
    final DatabaseClient client;
    final R2dbcTransactions transactions;

    TestStore() {
        DatabaseServer server = Testbed.shared().database();
        url = server.createDatabase();
        SchemaMigration.migrate(url, server.username(), server.password());
        pool = newPool(OpenedPools.SETTINGS);
        client = DatabaseClient.create(pool);
        transactions = new R2dbcTransactions(pool, OpenedPools.DEADLINE);
    }

    ConnectionPool newPool(PoolSettings settings) {
        DatabaseServer server = Testbed.shared().database();
        return OpenedPools.create(url, server.username(), server.password(), settings);
    }

    /** Blocks the test's thread until {@code mono} emits; returns the value. */
    static <T> T await(Mono<T> mono) {
        return mono.blockOptional(LIMIT).orElseThrow();
    }

    /** Blocks the test's thread until {@code mono} completes. */
    static void run(Mono<?> mono) {
        mono.then().block(LIMIT);
    }

    void execute(String sql) {
        run(client.sql(sql).then());
    }

    long count(String sql) {
        return await(client.sql(sql).mapValue(Long.class).one());
    }

    @Override
    public void afterAll(ExtensionContext context) {
        transactions.close();
        pool.dispose();
    }
}
