package io.portcullis.core.resilience;

import io.portcullis.core.error.PortcullisException;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.core.publisher.MonoSink;

/**
 * Runs at most so many pieces of work at a time, lets a few more wait, and refuses the rest as {@code UNAVAILABLE}: the
 * database that answers for a lost Redis must not be lost as well.
 *
 * <p>For work that is never cancelled while it waits, such as that of a {@link SingleFlight}.
 */
public final class ConcurrencyLimit {
    private enum Admission {
        RUN,
        WAIT,
        REFUSE
    }

    private static final Object PERMIT = new Object();

    private final String store;
    private final int maxRunning;
    private final int maxWaiting;
    private final Queue<MonoSink<Object>> waiting = new ArrayDeque<>();
    private final AtomicInteger releases = new AtomicInteger();
    private int running;

    /**
     * @param store what the refusal names
     * @param maxRunning pieces of work at a time
     * @param maxWaiting pieces that may wait for one to end
     */
    public ConcurrencyLimit(String store, int maxRunning, int maxWaiting) {
        if (maxRunning < 1) {
            throw new IllegalArgumentException("maxRunning: " + maxRunning + " (expected: >= 1)");
        }
        this.store = store;
        this.maxRunning = maxRunning;
        this.maxWaiting = maxWaiting;
    }

    /**
     * Runs the work in its turn. The turn lasts until the work ends, also when its caller has given up by then: a bound on those
     * who wait would be none on what the database does. {@code UNAVAILABLE} at once when too many wait already.
     *
     * @param patience what the caller waits for, such as the work with a timeout
     */
    public <T> Mono<T> run(Mono<T> work, UnaryOperator<Mono<T>> patience) {
        // cache() lets the work go on when its caller is gone.
        return acquire()
                .flatMap(permit ->
                        patience.apply(work.doFinally(signal -> release()).cache()));
    }

    /** Refuses all who wait now as {@code UNAVAILABLE}. */
    public void refuseWaiting() {
        drain().forEach(sink -> sink.error(PortcullisException.storeUnavailable(store, null)));
    }

    private synchronized List<MonoSink<Object>> drain() {
        List<MonoSink<Object>> all = List.copyOf(waiting);
        waiting.clear();
        return all;
    }

    private Mono<Object> acquire() {
        return Mono.create(sink -> {
            switch (admit(sink)) {
                case RUN -> sink.success(PERMIT);
                case REFUSE -> sink.error(PortcullisException.storeUnavailable(store, null));
                case WAIT -> {}
            }
        });
    }

    // These only move a counter and a queue's ends; nothing is emitted under the lock.
    private synchronized Admission admit(MonoSink<Object> sink) {
        if (running < maxRunning) {
            running++;
            return Admission.RUN;
        }
        return waiting.size() < maxWaiting && waiting.add(sink) ? Admission.WAIT : Admission.REFUSE;
    }

    private synchronized @Nullable MonoSink<Object> next() {
        MonoSink<Object> next = waiting.poll();
        if (next == null) {
            running--;
        }
        return next;
    }

    /** Work that ends at once would release from within its own start, deeper with each that waits: one release hands on for all. */
    private void release() {
        if (releases.getAndIncrement() > 0) {
            return;
        }
        do {
            MonoSink<Object> next = next();
            if (next != null) {
                next.success(PERMIT);
            }
        } while (releases.decrementAndGet() > 0);
    }
}
