package io.portcullis.core.resilience;

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
     * waited for, and all who arrive meanwhile share its successor: at most one runs per key.
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
                    .doOnTerminate(() -> ended.emitEmpty(Sinks.EmitFailureHandler.FAIL_FAST))
                    .cache();
        }
    }
}
