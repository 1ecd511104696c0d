package io.portcullis.core.degraded;

import io.portcullis.core.reactive.Uncancellable;
import io.portcullis.core.token.store.AccessTokenCache;
import java.time.Duration;
import java.util.Optional;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Mono;

/**
 * Knows whether a user could log in now and whether a session could be ended now: by the writes that requests made, and by a small write
 * of its own into each store every 3 s.
 */
public final class WriteAvailability implements AutoCloseable {
    private static final Duration INTERVAL = Duration.ofSeconds(3);
    private static final Duration LIMIT = Duration.ofSeconds(2);

    private final WriteOutcomes mysql;
    private final WriteOutcomes redis;
    private final boolean logoutsNeedRedis;
    private final Disposable.Composite running = Disposables.composite();

    /**
     * @param mysql outcomes of the transactions that change sessions
     * @param redis outcomes of the tombstones
     * @param logoutsNeedRedis whether a logout is refused when Redis does not take its tombstones
     */
    public WriteAvailability(WriteOutcomes mysql, WriteOutcomes redis, boolean logoutsNeedRedis) {
        this.mysql = mysql;
        this.redis = redis;
        this.logoutsNeedRedis = logoutsNeedRedis;
    }

    /**
     * Begins to probe. May be called once.
     *
     * @param mysqlWrite a transaction that changes a row
     * @param tombstones the store that logouts write their tombstones to
     */
    public void start(Mono<Void> mysqlWrite, AccessTokenCache tombstones) {
        running.add(probing("The write probe of MySQL", mysqlWrite, mysql));
        running.add(probing("The write probe of Redis", new TombstoneProbe(tombstones).write(), redis));
    }

    private static Disposable probing(String what, Mono<Void> write, WriteOutcomes outcomes) {
        Mono<Void> probe = write.timeout(LIMIT)
                .doOnSuccess(done -> outcomes.probeSucceeded())
                .onErrorResume(Exception.class, failure -> {
                    outcomes.probeFailed(failure);
                    return Mono.empty();
                });
        return Uncancellable.startInBackground(
                what,
                probe.then(Mono.defer(() -> Mono.delay(INTERVAL))).repeat().then());
    }

    /** Why nobody can log in or refresh now; empty when they can. */
    public Optional<String> loginFailure() {
        return mysql.failure();
    }

    /** Why no session can be ended now; empty when sessions can be. */
    public Optional<String> logoutFailure() {
        return mysql.failure().or(() -> logoutsNeedRedis ? redis.failure() : Optional.empty());
    }

    @Override
    public void close() {
        running.dispose();
    }
}
