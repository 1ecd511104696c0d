package io.portcullis.core.resilience;

import io.portcullis.core.error.ErrorCode;
import io.portcullis.core.error.PortcullisException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/**
 * Shares one execution of work between concurrent callers with the same key. Neither a value nor an error is kept
 * after the end. The cancellation of one caller does not cancel the work, because other callers may wait for it.
 *
 * <p>{@code work} must terminate by itself: a flight that hangs blocks its key for ever.
 */
public final class SingleFlight<T> {
    private final ConcurrentMap<String, Flight<T>> flights = new ConcurrentHashMap<>();

    /**
     * Joins the next execution for this key and emits its outcome. Only work that has not started is shared, so each
     * caller gets data that was read after its call. A caller that arrives while an execution runs waits for its end
     * and shares the following execution; at most one runs per key.
     *
     * <p>If the running execution ends in {@code UNAVAILABLE}, the following one ends with the same error without
     * having started. The store's failure is a current result for those callers, too, and a second attempt would
     * double their wait.
     */
    public Mono<T> join(String key, Mono<T> work) {
        return Mono.defer(() -> flights.compute(
                        key, (k, last) -> last != null && !last.begun ? last : successor(k, last, work))
                .result);
    }

    private Flight<T> successor(String key, @Nullable Flight<T> last, Mono<T> work) {
        return new Flight<>(this, key, last == null ? Mono.empty() : last.ended.asMono(), work);
    }

    private static final class Flight<T> {
        private final Mono<T> result;
        // A successor holds only this signal. If it held the result, the flights of a busy key would form an endless
        // chain.
        private final Sinks.Empty<Void> ended = Sinks.empty();
        private volatile boolean begun;

        Flight(SingleFlight<T> owner, String key, Mono<Void> predecessor, Mono<T> work) {
            Mono<T> body = Mono.defer(() -> {
                begun = true;
                return work;
            });
            // cache() keeps the source subscribed after its subscribers have cancelled. The flight is removed before
            // the result is emitted, so that a caller that arrives after the end starts a new flight.
            this.result = predecessor
                    .then(body)
                    .doOnTerminate(() -> owner.flights.remove(key, this))
                    .doOnError(failure -> end(unavailable(failure) ? failure : null))
                    .doOnSuccess(value -> end(null))
                    .cache();
        }

        /**
         * Releases the successor.
         *
         * @param failure the error with which the successor ends without starting; null if it may start
         */
        private void end(@Nullable Throwable failure) {
            (failure == null ? ended.tryEmitEmpty() : ended.tryEmitError(failure)).orThrow();
        }

        private static boolean unavailable(Throwable failure) {
            return failure instanceof PortcullisException known && known.code() == ErrorCode.UNAVAILABLE;
        }
    }
}
