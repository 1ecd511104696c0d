package io.portcullis.core.degraded;

import io.portcullis.core.reactive.BackgroundWork;
import io.portcullis.core.token.store.AccessTokenCache;
import java.time.Duration;
import java.util.Optional;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Mono;

/**
 * Reports whether logins and logouts are possible now, for the health endpoint. It evaluates the outcomes of the requests'
 * writes, and of a small write of its own into each store every 3 s.
 */
public final class WriteAvailability implements AutoCloseable {
    private static final Duration INTERVAL = Duration.ofSeconds(3);
    private static final Duration LIMIT = Duration.ofSeconds(2);

    private final WriteOutcomes mysql;
    private final WriteOutcomes redis;
    private final boolean logoutsNeedRedis;
    private final Disposable.Composite running = Disposables.composite();

    /**
     * @param mysql the outcomes of the transactions that change sessions
     * @param redis the outcomes of the tombstone writes
     * @param logoutsNeedRedis whether a logout is refused if Redis does not take its tombstones (policy {@code reject})
     */
    public WriteAvailability(WriteOutcomes mysql, WriteOutcomes redis, boolean logoutsNeedRedis) {
        this.mysql = mysql;
        this.redis = redis;
        this.logoutsNeedRedis = logoutsNeedRedis;
    }

    /**
     * Starts the probes. Must be called at most once; {@link #close} stops them.
     *
     * @param mysqlWrite a transaction that changes a row
     * @param tombstones the cache into which logouts write their tombstones
     */
    public void start(Mono<Void> mysqlWrite, AccessTokenCache tombstones) {
        running.add(startProbe("MySQL write probe for health", mysqlWrite, mysql));
        running.add(startProbe("Redis write probe for health", new TombstoneProbe(tombstones).write(), redis));
    }

    private static Disposable startProbe(String taskName, Mono<Void> write, WriteOutcomes outcomes) {
        Mono<Void> probe = write.timeout(LIMIT)
                .doOnSuccess(done -> outcomes.probeSucceeded())
                .onErrorResume(Exception.class, failure -> {
                    outcomes.probeFailed(failure);
                    return Mono.empty();
                });
        return BackgroundWork.start(
                taskName,
                probe.then(Mono.defer(() -> Mono.delay(INTERVAL))).repeat().then());
    }

    /** Returns the reason why logins and refreshes are impossible now; empty if they are possible. */
    public Optional<String> loginFailure() {
        return mysql.failure();
    }

    /** Returns the reason why sessions cannot be ended now; empty if they can. */
    public Optional<String> logoutFailure() {
        return mysql.failure().or(() -> logoutsNeedRedis ? redis.failure() : Optional.empty());
    }

    @Override
    public void close() {
        running.dispose();
    }
}
