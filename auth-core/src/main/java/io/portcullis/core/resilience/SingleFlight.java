package io.portcullis.core.resilience;

import io.portcullis.core.error.ErrorCode;
import io.portcullis.core.error.PortcullisException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/**
 * Lets concurrent callers that ask the same share one piece of work. Nothing is kept once it has finished, neither a value
 * nor a failure. A caller's cancellation does not reach the work, which others may be waiting for.
 *
 * <p>{@code work} must terminate by itself: a flight that hangs holds its key for ever.
 */
public final class SingleFlight<T> {
    private final ConcurrentMap<String, Flight<T>> flights = new ConcurrentHashMap<>();

    /**
     * Shares only work that has not begun yet, so that what the caller gets was read after it asked. Work that is running is
     * waited for, and all who arrive meanwhile share its successor: at most one runs per key. If it ends in {@code UNAVAILABLE}, so
     * does the successor, at once and without having begun: that a store fails is never out of date, and asking it anew would make
     * callers wait twice.
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
        // All that a successor holds of this flight: holding the result would chain every flight of a busy key.
        private final Sinks.Empty<Void> ended = Sinks.empty();
        private volatile boolean begun;

        Flight(SingleFlight<T> owner, String key, Mono<Void> predecessor, Mono<T> work) {
            Mono<T> body = Mono.defer(() -> {
                begun = true;
                return work;
            });
            // cache() keeps the source running when its subscribers go away; removal comes first, so that whoever
            // arrives after the end asks anew.
            this.result = predecessor
                    .then(body)
                    .doOnTerminate(() -> owner.flights.remove(key, this))
                    .doOnError(failure -> end(unavailable(failure) ? failure : null))
                    .doOnSuccess(value -> end(null))
                    .cache();
        }

        /** @param failure what the successor fails with too; null if it is to begin */
        private void end(@Nullable Throwable failure) {
            (failure == null ? ended.tryEmitEmpty() : ended.tryEmitError(failure)).orThrow();
        }

        private static boolean unavailable(Throwable failure) {
            return failure instanceof PortcullisException known && known.code() == ErrorCode.UNAVAILABLE;
        }
    }
}
