package io.portcullis.core.r2dbc;

import static io.portcullis.core.r2dbc.TestStore.await;
import static io.portcullis.core.r2dbc.TestStore.run;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.portcullis.core.error.ErrorCode;
import io.portcullis.core.error.PortcullisException;
import io.portcullis.core.transaction.Transactions;
import io.r2dbc.spi.R2dbcTransientResourceException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.util.context.Context;

/** Defines the contract of {@link Transactions}. Every implementation runs this suite. */
@Timeout(180)
abstract class TransactionsContract {
    /** Returns the database of the suite. */
    abstract TestStore store();

    /** Returns the transactions under test, on that database. */
    abstract Transactions transactions();

    @BeforeEach
    void fillTable() {
        store().execute("CREATE TABLE IF NOT EXISTS entry (id INT PRIMARY KEY, n INT NOT NULL)");
        store().execute("DELETE FROM entry");
        store().execute("INSERT INTO entry VALUES (1, 0), (2, 0)");
    }

    final Mono<Long> sql(String sql) {
        return store().client.sql(sql).fetch().rowsUpdated().onErrorMap(StoreFailures::translate);
    }

    static ErrorCode codeOf(Mono<?> mono) {
        return mono.<ErrorCode>map(value -> ErrorCode.INTERNAL_ERROR)
                .onErrorResume(PortcullisException.class, e -> Mono.just(e.code()))
                .blockOptional(Duration.ofSeconds(20))
                .orElseThrow();
    }

    @Test
    void executeWhenCommittedThenEmitsAndKeeps() {
        assertThat(await(transactions().execute(sql("UPDATE entry SET n = 7 WHERE id = 1"))))
                .isEqualTo(1);
        assertThat(store().count("SELECT n FROM entry WHERE id = 1")).isEqualTo(7);
    }

    @Test
    void executeWhenWorkFailsThenRollsBackAndPassesErrorThrough() {
        Mono<Long> work = sql("UPDATE entry SET n = 7 WHERE id = 1")
                .then(Mono.error(PortcullisException.of(ErrorCode.BAD_CREDENTIALS)));

        assertThat(codeOf(transactions().execute(work))).isEqualTo(ErrorCode.BAD_CREDENTIALS);
        assertThat(store().count("SELECT n FROM entry WHERE id = 1")).isZero();
    }

    @Test
    void executeWhenDefectThenPassesThrough() {
        Mono<Long> work = Mono.error(new ArithmeticException("defect"));

        assertThatThrownBy(() -> await(transactions().execute(work))).isInstanceOf(ArithmeticException.class);
    }

    @Test
    void executeWhenSqlFailsThenUnavailable() {
        Mono<Long> work = store().client.sql("SELECT nonsense").fetch().rowsUpdated();

        assertThat(codeOf(transactions().execute(work))).isEqualTo(ErrorCode.UNAVAILABLE);
    }

    @Test
    void afterCommitWhenCommittedThenRunsOnceBeforeTheValue() {
        List<Long> seen = new ArrayList<>();
        Mono<Void> look = store().client
                .sql("SELECT n FROM entry WHERE id = 1")
                .mapValue(Long.class)
                .one()
                .doOnNext(seen::add)
                .then();
        AtomicInteger attempts = new AtomicInteger();
        // The first attempt fails with a deadlock after it has registered the action.
        Mono<Long> work = sql("UPDATE entry SET n = 7 WHERE id = 1")
                .delayUntil(rows -> transactions().afterCommit(look))
                .flatMap(rows -> attempts.incrementAndGet() == 1
                        ? Mono.error(new R2dbcTransientResourceException("Deadlock", "40001", 1213))
                        : Mono.just(rows));

        List<Long> atTheValue = await(transactions().execute(work).<List<Long>>map(rows -> List.copyOf(seen)));

        assertThat(atTheValue).containsExactly(7L);
        assertThat(attempts).hasValue(2);
    }

    @Test
    void afterCommitWhenRolledBackOrNestedThenFollowsTheOutermostTransaction() {
        AtomicInteger runs = new AtomicInteger();
        Mono<Void> action = Mono.fromRunnable(runs::incrementAndGet);
        Mono<Long> inner = transactions()
                .execute(transactions().afterCommit(action).then(sql("UPDATE entry SET n = 7 WHERE id = 1")));

        codeOf(transactions().execute(inner.then(Mono.error(PortcullisException.of(ErrorCode.BAD_CREDENTIALS)))));
        assertThat(runs).hasValue(0);

        run(transactions()
                .execute(inner.then(Mono.fromRunnable(() -> assertThat(runs).hasValue(0)))));
        assertThat(runs).hasValue(1);
    }

    @Test
    void afterCommitWhenTheActionFailsOrThereIsNoTransactionThenTheOutcomeSaysSo() {
        Mono<Void> failing = Mono.error(new IllegalStateException("action"));
        Mono<Long> work = transactions().afterCommit(failing).then(sql("UPDATE entry SET n = 7 WHERE id = 1"));

        assertThat(await(transactions().execute(work))).isEqualTo(1);
        assertThat(store().count("SELECT n FROM entry WHERE id = 1")).isEqualTo(7);
        assertThatThrownBy(() -> run(transactions().afterCommit(failing)))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("outside of a transaction");
    }

    @Test
    void executeWhenNestedThenJoins() {
        Mono<Long> inner = transactions().execute(sql("UPDATE entry SET n = 7 WHERE id = 1"));
        Mono<Long> outer = transactions().execute(inner.then(Mono.error(PortcullisException.of(ErrorCode.CONFLICT))));

        assertThat(codeOf(outer)).isEqualTo(ErrorCode.CONFLICT);
        assertThat(store().count("SELECT n FROM entry WHERE id = 1")).isZero();
    }

    @Test
    void executeWhenCallerHasContextThenWorkSeesIt() {
        Mono<String> work = Mono.deferContextual(context -> Mono.just(context.get("key")));

        assertThat(await(transactions().execute(work).contextWrite(Context.of("key", "value"))))
                .isEqualTo("value");
    }

    @Test
    void executeWhenConcurrentOnOneRowThenSerialised() {
        Mono<Long> increment = store().client
                .sql("SELECT n FROM entry WHERE id = 1 FOR UPDATE")
                .mapValue(Long.class)
                .one()
                .flatMap(n -> sql("UPDATE entry SET n = " + (n + 1) + " WHERE id = 1"));

        List<Long> updated = await(Flux.range(0, 16)
                .flatMap(i -> transactions().execute(increment), 16)
                .collectList());

        assertThat(updated).hasSize(16);
        assertThat(store().count("SELECT n FROM entry WHERE id = 1")).isEqualTo(16);
    }
}
