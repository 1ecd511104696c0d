package io.portcullis.core.r2dbc;

import io.portcullis.core.error.PortcullisException;
import io.portcullis.core.error.RootCause;
import io.portcullis.core.resilience.LatencyRecorder;
import io.portcullis.core.transaction.Transactions;
import io.r2dbc.spi.ConnectionFactory;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.r2dbc.connection.R2dbcTransactionManager;
import org.springframework.transaction.reactive.TransactionalOperator;
import reactor.core.publisher.Mono;
import reactor.util.context.ContextView;
import reactor.util.retry.Retry;

/**
 * Runs work between {@code BEGIN} and {@code COMMIT}, or {@code ROLLBACK} on any error. Retries the whole transaction on a
 * deadlock (1213), a lock wait timeout (1205, which alone rolls back only the statement) or a read-only server.
 *
 * <p>Each transaction is detached from its subscriber, so a cancellation does not reach it. A cancellation during {@code BEGIN}
 * would return the connection to the pool with an open transaction, and one during {@code COMMIT} would make the outcome random.
 * The subscriber waits at most for the deadline and then gets {@code UNAVAILABLE}. The transaction itself continues to its end,
 * within the timeouts of locks and statements; its error is logged if the subscriber has left. The deadline does not cover the actions
 * after the commit. Nested work joins the surrounding transaction.
 */
public final class R2dbcTransactions implements Transactions, AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(R2dbcTransactions.class);

    private static final Duration DEFAULT_DEADLINE = Duration.ofSeconds(5);
    private static final Duration DRAIN_LIMIT = Duration.ofSeconds(10);
    private static final int RETRIES = 2;
    private static final Duration MIN_BACKOFF = Duration.ofMillis(20);
    private static final Duration MAX_BACKOFF = Duration.ofMillis(200);

    private final TransactionalOperator operator;
    private final Duration deadline;
    private final LatencyRecorder latency;
    private final Set<Running> inFlight = ConcurrentHashMap.newKeySet();
    private volatile boolean closed;

    /** Creates transactions on {@code connections} with a deadline of 5 s. */
    public R2dbcTransactions(ConnectionFactory connections) {
        this(connections, DEFAULT_DEADLINE);
    }

    /**
     * @param connections a pool from {@code MySqlConnectionPools}, whose connections use READ COMMITTED
     * @param deadline the time for which a caller waits for the outcome
     */
    public R2dbcTransactions(ConnectionFactory connections, Duration deadline) {
        this(connections, deadline, LatencyRecorder.NONE);
    }

    /** Creates transactions on {@code connections} with a deadline of 5 s, whose durations {@code latency} receives. */
    public R2dbcTransactions(ConnectionFactory connections, LatencyRecorder latency) {
        this(connections, DEFAULT_DEADLINE, latency);
    }

    private R2dbcTransactions(ConnectionFactory connections, Duration deadline, LatencyRecorder latency) {
        if (deadline.isNegative() || deadline.isZero()) {
            throw new IllegalArgumentException("deadline: " + deadline + " (expected: > 0)");
        }
        this.operator = TransactionalOperator.create(new R2dbcTransactionManager(connections));
        this.deadline = deadline;
        this.latency = latency;
    }

    @Override
    public <T> Mono<T> execute(Mono<T> work) {
        return Mono.deferContextual(
                context -> context.hasKey(R2dbcTransactions.class) ? work : executeDetached(work, context));
    }

    @Override
    public Mono<Void> afterCommit(Mono<Void> action) {
        return Mono.deferContextual(context -> {
            Optional<CommitActions> actions = context.getOrEmpty(R2dbcTransactions.class);
            if (actions.isEmpty()) {
                return Mono.error(new IllegalStateException("afterCommit: outside of a transaction"));
            }
            actions.get().add(action);
            return Mono.empty();
        });
    }

    /** Returns the number of transactions in flight, including those whose subscriber has left. */
    public int inFlight() {
        return inFlight.size();
    }

    private <T> Mono<T> executeDetached(Mono<T> work, ContextView context) {
        Running running = new Running();
        inFlight.add(running);
        // Checks the flag after the registration: close() sets the flag and then waits for the registered transactions.
        if (closed) {
            inFlight.remove(running);
            return Mono.error(PortcullisException.storeUnavailable("MySQL", new IllegalStateException("shut down")));
        }
        AtomicBoolean abandoned = new AtomicBoolean();
        CommitActions actions = new CommitActions();
        CompletableFuture<T> committed = latency.observe(transaction(actions.resetBefore(work)))
                .contextWrite(inner -> inner.put(R2dbcTransactions.class, actions))
                .contextWrite(context)
                .toFuture();
        CompletableFuture<T> outcome = committed
                .whenComplete((value, error) -> logIfAbandoned(abandoned.get(), error))
                .thenCompose(
                        value -> actions.run().contextWrite(context).toFuture().thenApply(done -> value))
                .whenComplete((value, error) -> {
                    inFlight.remove(running);
                    running.end.complete(null);
                });
        // The deadline is that of the transaction: a slow action must not turn a commit into an error.
        return Mono.fromFuture(committed, true)
                .doOnCancel(() -> abandoned.set(true))
                .timeout(deadline)
                .then(Mono.fromFuture(outcome, true))
                .onErrorMap(StoreFailures::translate);
    }

    private <T> Mono<T> transaction(Mono<T> work) {
        long start = System.nanoTime();
        return operator.transactional(work)
                .retryWhen(Retry.backoff(RETRIES, MIN_BACKOFF)
                        .maxBackoff(MAX_BACKOFF)
                        .filter(error -> StoreFailures.isRetryable(error) && withinDeadline(start))
                        .onRetryExhaustedThrow((spec, signal) -> signal.failure()));
    }

    private boolean withinDeadline(long startNanos) {
        return System.nanoTime() - startNanos < deadline.toNanos();
    }

    private static void logIfAbandoned(boolean abandoned, @Nullable Throwable error) {
        if (abandoned && error != null) {
            // Logs the stack trace only of a defect, not of a store failure or a refusal.
            log.warn(
                    "A transaction failed after its caller stopped waiting: {}",
                    RootCause.describe(error),
                    StoreFailures.translate(error) instanceof PortcullisException ? null : error);
        }
    }

    /** Refuses new transactions and waits up to 10 s for those in flight. Blocks, so it must be called only at shutdown. */
    @Override
    public void close() {
        closed = true;
        try {
            CompletableFuture.allOf(
                            inFlight.stream().map(running -> running.end).toArray(CompletableFuture[]::new))
                    .get(DRAIN_LIMIT.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            log.warn("{} transactions had not ended {} after the shutdown began", inFlight.size(), DRAIN_LIMIT);
        } catch (ExecutionException e) {
            throw new IllegalStateException("end of a transaction: failed (expected: always completes normally)", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Represents a transaction in flight; its future completes normally at the end of the transaction, even after a failure. */
    private static final class Running {
        final CompletableFuture<@Nullable Void> end = new CompletableFuture<>();
    }
}
