package io.portcullis.core.r2dbc;

import static io.portcullis.core.r2dbc.TestStore.await;
import static io.portcullis.core.r2dbc.TestStore.run;
import static org.assertj.core.api.Assertions.assertThat;

import io.portcullis.core.error.ErrorCode;
import io.portcullis.core.r2dbc.pool.PoolSettings;
import io.portcullis.core.transaction.Transactions;
import io.r2dbc.pool.ConnectionPool;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.springframework.r2dbc.connection.R2dbcTransactionManager;
import org.springframework.r2dbc.core.DatabaseClient;
import org.springframework.transaction.reactive.TransactionalOperator;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

@Timeout(180)
class R2dbcTransactionsIT extends TransactionsContract {
    @RegisterExtension
    static final TestStore store = new TestStore();

    @Override
    TestStore store() {
        return store;
    }

    @Override
    Transactions transactions() {
        return store.transactions;
    }

    @Test
    void executeWhenCancelledAtAnyPointThenCommitsAndPoolStaysClean() {
        ConnectionPool single = store.newPool(withMaxSize(1));
        try (R2dbcTransactions transactions = new R2dbcTransactions(single)) {
            DatabaseClient client = DatabaseClient.create(single);
            for (int i = 0; i < 25; i++) {
                int id = 100 + i;
                Mono<Void> work =
                        client.sql("INSERT INTO entry VALUES (" + id + ", 0)").then();
                run(transactions.execute(work).timeout(Duration.ofNanos(i * 250_000L + 1), Mono.empty()));
                run(client.sql("INSERT INTO entry VALUES (" + (id + 100) + ", 0)")
                        .then());
            }
        }
        single.dispose();
        // Reads through another connection, which does not see the rows of an open transaction.
        assertThat(store.count("SELECT COUNT(*) FROM entry WHERE id BETWEEN 100 AND 199"))
                .isEqualTo(25);
        assertThat(store.count("SELECT COUNT(*) FROM entry WHERE id BETWEEN 200 AND 299"))
                .isEqualTo(25);
    }

    @Test
    void afterCommitWhenTheActionTakesLongerThanTheDeadlineThenTheValueIsEmitted() {
        Duration deadline = Duration.ofSeconds(3);
        try (R2dbcTransactions transactions = new R2dbcTransactions(store.pool, deadline)) {
            Mono<Void> slow = Mono.delay(deadline.plusSeconds(1)).then();
            Mono<Long> work = transactions.afterCommit(slow).then(sql("UPDATE entry SET n = 7 WHERE id = 1"));

            assertThat(await(transactions.execute(work))).isEqualTo(1);
        }
    }

    @Test
    void acquireWhenTransactionWasLeftOpenThenItIsRolledBack() {
        ConnectionPool single = store.newPool(withMaxSize(1));
        DatabaseClient client = DatabaseClient.create(single);
        run(client.sql("START TRANSACTION").then());
        run(client.sql("INSERT INTO entry VALUES (300, 0)").then());
        run(client.sql("INSERT INTO entry VALUES (301, 0)").then());
        single.dispose();

        assertThat(store.count("SELECT COUNT(*) FROM entry WHERE id IN (300, 301)"))
                .isEqualTo(2);
    }

    @Test
    void acquireWhenBeginWasCancelledThenNextWriteIsNotLost() {
        ConnectionPool single = store.newPool(withMaxSize(1));
        DatabaseClient client = DatabaseClient.create(single);
        TransactionalOperator unshielded = TransactionalOperator.create(new R2dbcTransactionManager(single));
        for (int i = 0; i < 60; i++) {
            Duration patience = Duration.ofNanos(i * 25_000L + 1);
            run(unshielded.transactional(Mono.<Void>never()).timeout(patience, Mono.empty()));
            run(client.sql("INSERT INTO entry VALUES (" + (400 + i) + ", 0)").then());
        }
        single.dispose();

        assertThat(store.count("SELECT COUNT(*) FROM entry WHERE id >= 400")).isEqualTo(60);
    }

    @Test
    void executeWhenDeadlockThenRetriesTheWholeTransaction() {
        AtomicInteger subscriptions = new AtomicInteger();
        CountDownLatch bothHoldOne = new CountDownLatch(2);
        Mono<Void> both = Mono.when(
                store.transactions.execute(lockBoth(1, 2, subscriptions, bothHoldOne)),
                store.transactions.execute(lockBoth(2, 1, subscriptions, bothHoldOne)));

        run(both);

        assertThat(subscriptions).hasValueGreaterThan(2);
        assertThat(store.count("SELECT SUM(n) FROM entry")).isEqualTo(4);
    }

    private Mono<Long> lockBoth(int first, int second, AtomicInteger subscriptions, CountDownLatch bothHoldOne) {
        return Mono.defer(() -> {
                    subscriptions.incrementAndGet();
                    return sql("UPDATE entry SET n = n + 1 WHERE id = " + first);
                })
                .publishOn(Schedulers.boundedElastic())
                .doOnNext(updated -> meet(bothHoldOne))
                .then(Mono.defer(() -> sql("UPDATE entry SET n = n + 1 WHERE id = " + second)));
    }

    private static void meet(CountDownLatch latch) {
        latch.countDown();
        try {
            assertThat(latch.await(30, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void executeWhenDeadlinePassesThenUnavailableAndTransactionEnds() {
        R2dbcTransactions hasty = new R2dbcTransactions(store.pool, Duration.ofMillis(100));
        Mono<Long> slow = sql("UPDATE entry SET n = 9 WHERE id = 1").then(sql("DO SLEEP(0.4)"));

        assertThat(codeOf(hasty.execute(slow))).isEqualTo(ErrorCode.UNAVAILABLE);
        assertThat(hasty.inFlight()).isEqualTo(1);
        hasty.close();

        assertThat(hasty.inFlight()).isZero();
        assertThat(store.count("SELECT n FROM entry WHERE id = 1")).isEqualTo(9);
        assertThat(codeOf(hasty.execute(slow))).isEqualTo(ErrorCode.UNAVAILABLE);
    }

    @Test
    void executeWhenPoolIsClosedThenUnavailable() {
        ConnectionPool closed = store.newPool(withMaxSize(1));
        closed.dispose();

        assertThat(codeOf(new R2dbcTransactions(closed).execute(Mono.just(1)))).isEqualTo(ErrorCode.UNAVAILABLE);
        assertThat(codeOf(new R2dbcAccountRepository(DatabaseClient.create(closed)).findByUsername("alice", null)))
                .isEqualTo(ErrorCode.UNAVAILABLE);
        var query = new QueryAccountRepository(
                DatabaseClient.create(closed),
                "SELECT 1, 'n', 'h', 1, '', '', 't' FROM DUAL WHERE 'n' = :username AND 't' = :tenant",
                List.of("1"));
        assertThat(codeOf(query.findByUsername("n", "t"))).isEqualTo(ErrorCode.UNAVAILABLE);
    }

    @Test
    void connectionWhenNewThenReadCommittedAndUtc() {
        assertThat(await(store.client
                        .sql("SELECT TIMESTAMPDIFF(SECOND, UTC_TIMESTAMP(), NOW())")
                        .mapValue(Long.class)
                        .one()))
                .isZero();
        String isolation = await(store.transactions.execute(store.client
                .sql("SHOW SESSION VARIABLES WHERE variable_name IN ('tx_isolation', 'transaction_isolation')")
                .map(row -> ColumnValues.text(row, "Value"))
                .first()));
        assertThat(isolation).isEqualTo("READ-COMMITTED");
    }

    private static PoolSettings withMaxSize(int maxSize) {
        return OpenedPools.SETTINGS.withMaxSize(maxSize);
    }
}
