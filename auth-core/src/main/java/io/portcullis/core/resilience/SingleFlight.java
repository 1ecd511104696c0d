package io.portcullis.core.resilience;

import io.portcullis.core.error.ErrorCode;
import io.portcullis.core.error.PortcullisException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.core.scheduler.Schedulers;

/**
 * Shares one execution of work between concurrent callers with the same key. Neither a value nor an error is kept
 * after the end. The cancellation of one caller does not cancel the work, because other callers may wait for it.
 * Executions with different keys may share a lane; a lane runs one execution at a time.
 *
 * <p>{@code work} must terminate by itself: a flight that hangs blocks its lane for ever.
 */
public final class SingleFlight<T> {
    /** The flights of each lane in the order in which they run. A lane without flights has no entry. */
    private final ConcurrentMap<String, Deque<Flight<T>>> lanes = new ConcurrentHashMap<>();

    /** Joins as {@link #join(String, String, Function, Mono)} does, in a lane that this key has for itself. */
    public Mono<T> join(String key, Mono<T> work) {
        return join(key, key, Function.identity(), work);
    }

    /**
     * Joins the next execution for this key and emits its outcome. Only work that has not started is shared, so each
     * caller gets data that was read after its call. A caller that arrives while an execution runs waits for its end
     * and shares a following execution; at most one runs per lane.
     *
     * <p>If the running execution ends in {@code UNAVAILABLE}, the following ones end with the same error without
     * having started. The store's failure is a current result for those callers, too, and a second attempt would
     * double their wait.
     *
     * @param lane the lane of the key, always the same for one key
     * @param course gets the work, may delay or refuse its start, and makes the outcome of its result. Until the work starts, further callers join
     */
    public <W> Mono<T> join(String lane, String key, Function<Mono<W>, Mono<T>> course, Mono<W> work) {
        return Mono.defer(() -> {
            AtomicReference<@Nullable Flight<T>> joined = new AtomicReference<>();
            lanes.compute(lane, (name, queued) -> {
                Deque<Flight<T>> flights = queued == null ? new ArrayDeque<>() : queued;
                joined.set(waiting(flights, key));
                if (joined.get() == null) {
                    Flight<T> last = flights.peekLast();
                    flights.addLast(new Flight<>(
                            key,
                            last == null ? Mono.empty() : endOf(last),
                            begun -> course.apply(work.doFirst(begun)),
                            flight -> remove(lane, flight)));
                    joined.set(flights.peekLast());
                }
                return flights;
            });
            Flight<T> flight = joined.get();
            return flight == null ? Mono.empty() : flight.result;
        });
    }

    /**
     * Completes when the flight has ended, or emits the error with which its successor ends. The error is emitted on another thread:
     * it ends one flight after the other, and a long lane would overflow the stack of one thread.
     */
    private static Mono<Void> endOf(Flight<?> flight) {
        return flight.ended
                .asMono()
                .onErrorResume(failure -> Mono.<Void>error(failure).publishOn(Schedulers.parallel()));
    }

    private static <T> @Nullable Flight<T> waiting(Deque<Flight<T>> flights, String key) {
        return flights.stream()
                .filter(flight -> flight.key.equals(key) && !flight.begun)
                .findFirst()
                .orElse(null);
    }

    private void remove(String lane, Flight<T> flight) {
        lanes.computeIfPresent(lane, (name, flights) -> flights.remove(flight) && flights.isEmpty() ? null : flights);
    }

    private static final class Flight<T> {
        private final String key;
        private final Mono<T> result;
        // A successor holds only this signal. If it held the result, the flights of a busy lane would form an endless
        // chain.
        private final Sinks.Empty<Void> ended = Sinks.empty();
        private volatile boolean begun;

        Flight(String key, Mono<Void> predecessor, Function<Runnable, Mono<T>> course, Consumer<Flight<T>> onEnd) {
            this.key = key;
            Mono<T> body = course.apply(() -> begun = true);
            // cache() keeps the source subscribed after its subscribers have cancelled. The flight is removed before
            // the result is emitted, so that a caller that arrives after the end starts a new flight.
            this.result = predecessor
                    .then(body)
                    .doOnTerminate(() -> onEnd.accept(this))
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
