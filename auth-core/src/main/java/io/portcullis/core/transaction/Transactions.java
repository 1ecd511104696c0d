package io.portcullis.core.transaction;

import reactor.core.publisher.Mono;

/** Port: runs work in one database transaction (docs/design.md section 6). */
public interface Transactions {

    /**
     * Runs {@code work} in one transaction and emits what it emitted once the commit is acknowledged.
     *
     * <p>A subscriber's cancellation does not reach the work: it runs to its commit or rollback. A deadlock or lock wait
     * timeout rolls back and subscribes to {@code work} again, a bounded number of times, so ids and times must be fixed
     * outside of it. An error of the work rolls back and is emitted as it is.
     *
     * @return empty if the work was empty; {@code UNAVAILABLE} when the store failed or the deadline passed, after which the
     *     outcome is unknown
     */
    <T> Mono<T> execute(Mono<T> work);
}
