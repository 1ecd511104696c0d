package io.portcullis.core.transaction;

import reactor.core.publisher.Mono;

/** Port: runs work in one database transaction (docs/design.md section 6). */
public interface Transactions {

    /**
     * Runs {@code work} in one transaction and emits its value after the commit is acknowledged.
     *
     * <p>A cancellation by the subscriber does not reach the work, which runs to its commit or rollback. After a
     * deadlock or lock wait timeout the transaction is rolled back and {@code work} is subscribed to again, a bounded
     * number of times. Its ids and times must therefore be fixed outside of {@code work}. An error of the work causes
     * a rollback and is emitted unchanged.
     *
     * @return empty if the work was empty. {@code UNAVAILABLE} when the store failed or the deadline passed; the
     *     outcome is then unknown
     */
    <T> Mono<T> execute(Mono<T> work);

    /**
     * Runs {@code action} after the surrounding transaction of {@link #execute} has committed, and before its value is emitted.
     * The action does not run if the transaction is rolled back. An error of the action is logged and does not change the outcome
     * of the transaction. The deadline of the transaction does not cover the action, which must therefore bound its own time.
     *
     * @return completes at once. An {@code IllegalStateException} outside of a transaction
     */
    Mono<Void> afterCommit(Mono<Void> action);
}
