package io.portcullis.core.resilience;

import io.portcullis.core.error.PortcullisException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.core.publisher.MonoSink;

/**
 * Limits the number of concurrent calls of a store. A bounded number of further calls waits for a permit, and the
 * rest is refused as {@code UNAVAILABLE}. The limit keeps MySQL from being overloaded when it has to answer the
 * checks of an unavailable Redis.
 *
 * <p>No call waits for a store that hangs, if {@code limitWait} limits the wait. Once the callers of all running calls have timed out,
 * every waiting call is refused, and so is every new call until a running one ends. So a call waits for a permit at most as long as the
 * running calls' timeouts, unless some of those end in time.
 *
 * <p>Use it only for work that is not cancelled while it waits, such as the work of a {@link SingleFlight}: a
 * permit that is granted to a cancelled waiter is lost.
 */
public final class ConcurrencyLimit {
    private enum Admission {
        RUN,
        WAIT,
        REFUSE
    }

    /** @param since when the call began to wait, in {@link #nanoTime} */
    private record Waiter(MonoSink<Permit> sink, long since) {}

    private final Supplier<PortcullisException> refusal;
    private final int maxRunning;
    private final int maxWaiting;
    private final long maxWaitNanos;
    private final LongSupplier nanoTime;
    private final Queue<Waiter> waiting = new ArrayDeque<>();
    private final AtomicInteger releases = new AtomicInteger();
    private final Runnable onRefusal;
    private int running;
    private int abandoned;

    /**
     * Creates a limit without running calls.
     *
     * @param store the name of the store in the refusal
     * @param maxRunning the number of permits
     * @param maxWaiting the number of calls that may wait for a permit
     * @param onRefusal runs for each refused call before its caller receives the error
     */
    public ConcurrencyLimit(String store, int maxRunning, int maxWaiting, Runnable onRefusal) {
        this(
                () -> PortcullisException.storeUnavailable(store, null),
                maxRunning,
                maxWaiting,
                Long.MAX_VALUE,
                System::nanoTime,
                onRefusal);
    }

    /**
     * Creates a limit under which a call that has waited for {@code maxWait} is refused when its turn comes, so that in an overload the store
     * works for callers who still wait for the response. While nothing ends, as in a store that hangs, no turn comes.
     */
    public static ConcurrencyLimit ofStore(String store, int maxRunning, int maxWaiting, Duration maxWait) {
        return ofStore(store, maxRunning, maxWaiting, maxWait, System::nanoTime);
    }

    static ConcurrencyLimit ofStore(
            String store, int maxRunning, int maxWaiting, Duration maxWait, LongSupplier nanoTime) {
        return new ConcurrencyLimit(
                () -> PortcullisException.storeUnavailable(store, null),
                maxRunning,
                maxWaiting,
                maxWait.toNanos(),
                nanoTime,
                () -> {});
    }

    private ConcurrencyLimit(
            Supplier<PortcullisException> refusal,
            int maxRunning,
            int maxWaiting,
            long maxWaitNanos,
            LongSupplier nanoTime,
            Runnable onRefusal) {
        if (maxRunning < 1) {
            throw new IllegalArgumentException("maxRunning: " + maxRunning + " (expected: >= 1)");
        }
        this.refusal = refusal;
        this.maxRunning = maxRunning;
        this.maxWaiting = maxWaiting;
        this.maxWaitNanos = maxWaitNanos;
        this.nanoTime = nanoTime;
        this.onRefusal = onRefusal;
    }

    /**
     * Creates a limit on work that anonymous callers can cause. A full queue fails with {@code refusal} and not with {@code UNAVAILABLE},
     * because the number of such callers says nothing about the store.
     */
    public static ConcurrencyLimit ofCallers(Supplier<PortcullisException> refusal, int maxRunning, int maxWaiting) {
        return new ConcurrencyLimit(refusal, maxRunning, maxWaiting, Long.MAX_VALUE, System::nanoTime, () -> {});
    }

    /**
     * Runs the work under a permit. The work keeps its permit until it ends, even if its caller has timed out,
     * because the store is busy with it until then. Fails with {@code UNAVAILABLE} at once when the queue is full or
     * the callers of all running calls have timed out.
     *
     * @param limitWait limits the caller's wait for the running work, for example with a timeout
     */
    public <T> Mono<T> run(Mono<T> work, UnaryOperator<Mono<T>> limitWait) {
        return Mono.<Permit>create(this::admit).flatMap(permit -> {
            // cache() keeps the work subscribed after its caller has timed out.
            Mono<T> running = work.doOnTerminate(permit::end).cache();
            return limitWait.apply(running).doOnTerminate(permit::onCallerCancel);
        });
    }

    /** Refuses every waiting call as {@code UNAVAILABLE}. */
    public void refuseWaiting() {
        drain().forEach(this::refuse);
    }

    private void admit(MonoSink<Permit> sink) {
        switch (admission(sink)) {
            case RUN -> sink.success(new Permit());
            case REFUSE -> refuse(sink);
            case WAIT -> {}
        }
    }

    private void refuse(MonoSink<Permit> sink) {
        onRefusal.run();
        sink.error(refusal.get());
    }

    // The synchronized methods only change counters and the ends of a queue; no signal is emitted under the lock.
    private synchronized List<MonoSink<Permit>> drain() {
        List<MonoSink<Permit>> all = waiting.stream().map(Waiter::sink).toList();
        waiting.clear();
        return all;
    }

    private synchronized Admission admission(MonoSink<Permit> sink) {
        if (running < maxRunning) {
            running++;
            return Admission.RUN;
        }
        return abandoned < running && waiting.size() < maxWaiting && waiting.add(new Waiter(sink, nanoTime.getAsLong()))
                ? Admission.WAIT
                : Admission.REFUSE;
    }

    /** Returns the call that gets a permit that has become free; null if none waits. Adds those that have waited too long to {@code late}. */
    private synchronized @Nullable MonoSink<Permit> next(List<MonoSink<Permit>> late) {
        long now = nanoTime.getAsLong();
        Waiter next = waiting.poll();
        while (next != null && now - next.since() >= maxWaitNanos) {
            late.add(next.sink());
            next = waiting.poll();
        }
        if (next == null) {
            running--;
            return null;
        }
        return next.sink();
    }

    /**
     * Passes the permit on, or returns it. Work that ends synchronously would call this method recursively, one level
     * deeper for each waiting call. The outermost call therefore handles the releases of all nested ones.
     */
    private void release() {
        if (releases.getAndIncrement() > 0) {
            return;
        }
        List<MonoSink<Permit>> late = new ArrayList<>();
        do {
            MonoSink<Permit> next = next(late);
            if (next != null) {
                next.success(new Permit());
            }
        } while (releases.decrementAndGet() > 0);
        // Last, because refusing many takes long and the permits must not wait for it.
        late.forEach(this::refuse);
    }

    /** The permit of one piece of work, from its start to its end. */
    private final class Permit {
        private boolean ended;
        private boolean callerCancelled;

        /** Records the end of the work and releases the permit. */
        void end() {
            synchronized (ConcurrencyLimit.this) {
                ended = true;
                if (callerCancelled) {
                    abandoned--;
                }
            }
            release();
        }

        /**
         * Records that the caller has its result or has timed out. If every running call is now without a caller,
         * refuses the waiting calls.
         */
        void onCallerCancel() {
            boolean allAbandoned;
            synchronized (ConcurrencyLimit.this) {
                callerCancelled = true;
                if (ended) {
                    return;
                }
                abandoned++;
                allAbandoned = abandoned == maxRunning;
            }
            if (allAbandoned) {
                refuseWaiting();
            }
        }
    }
}
