package io.portcullis.core.resilience;

import io.portcullis.core.error.PortcullisException;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.core.publisher.MonoSink;

/**
 * Runs at most so many pieces of work at a time, lets a few more wait, and refuses the rest as {@code UNAVAILABLE}: the
 * database that answers for a lost Redis must not be lost as well.
 *
 * <p>Nobody waits for a store that hangs: once the callers of all that runs have given up, whoever waits is refused, and so is
 * whoever comes, until one piece ends. So a turn is waited for no longer than the patience of those before, unless some end in time.
 *
 * <p>For work that is never cancelled while it waits, such as that of a {@link SingleFlight}.
 */
public final class ConcurrencyLimit {
    private enum Admission {
        RUN,
        WAIT,
        REFUSE
    }

    private final Supplier<PortcullisException> refusal;
    private final int maxRunning;
    private final int maxWaiting;
    private final Queue<MonoSink<Permit>> waiting = new ArrayDeque<>();
    private final AtomicInteger releases = new AtomicInteger();
    private final Runnable onRefusal;
    private int running;
    private int abandoned;

    /**
     * @param store what the refusal names
     * @param maxRunning pieces of work at a time
     * @param maxWaiting pieces that may wait for one to end
     * @param onRefusal what is done for each piece that is refused, before its caller hears of it
     */
    public ConcurrencyLimit(String store, int maxRunning, int maxWaiting, Runnable onRefusal) {
        this(() -> PortcullisException.storeUnavailable(store, null), maxRunning, maxWaiting, onRefusal);
    }

    private ConcurrencyLimit(
            Supplier<PortcullisException> refusal, int maxRunning, int maxWaiting, Runnable onRefusal) {
        if (maxRunning < 1) {
            throw new IllegalArgumentException("maxRunning: " + maxRunning + " (expected: >= 1)");
        }
        this.refusal = refusal;
        this.maxRunning = maxRunning;
        this.maxWaiting = maxWaiting;
        this.onRefusal = onRefusal;
    }

    /**
     * A limit on work that callers without a login can ask for, who are refused as {@code refusal} says: how many they are says nothing
     * about the store.
     */
    public static ConcurrencyLimit ofCallers(Supplier<PortcullisException> refusal, int maxRunning, int maxWaiting) {
        return new ConcurrencyLimit(refusal, maxRunning, maxWaiting, () -> {});
    }

    /**
     * Runs the work in its turn. The turn lasts until the work ends, also when its caller has given up by then: a bound on those
     * who wait would be none on what the database does. {@code UNAVAILABLE} at once when too many wait already, or when the callers of
     * all that runs have given up.
     *
     * @param patience what the caller waits for, such as the work with a timeout
     */
    public <T> Mono<T> run(Mono<T> work, UnaryOperator<Mono<T>> patience) {
        return Mono.<Permit>create(this::admit).flatMap(permit -> {
            // cache() lets the work go on when its caller is gone.
            Mono<T> running = work.doOnTerminate(permit::end).cache();
            return patience.apply(running).doOnTerminate(permit::callerLeft);
        });
    }

    /** Refuses all who wait now as {@code UNAVAILABLE}. */
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

    // What is synchronized only moves counters and a queue's ends; nothing is emitted under the lock.
    private synchronized List<MonoSink<Permit>> drain() {
        List<MonoSink<Permit>> all = List.copyOf(waiting);
        waiting.clear();
        return all;
    }

    private synchronized Admission admission(MonoSink<Permit> sink) {
        if (running < maxRunning) {
            running++;
            return Admission.RUN;
        }
        return abandoned < running && waiting.size() < maxWaiting && waiting.add(sink)
                ? Admission.WAIT
                : Admission.REFUSE;
    }

    private synchronized @Nullable MonoSink<Permit> next() {
        MonoSink<Permit> next = waiting.poll();
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
            MonoSink<Permit> next = next();
            if (next != null) {
                next.success(new Permit());
            }
        } while (releases.decrementAndGet() > 0);
    }

    /** That of one piece of work, from its start to its end. */
    private final class Permit {
        private boolean ended;
        private boolean left;

        /** The work has ended. */
        void end() {
            synchronized (ConcurrencyLimit.this) {
                ended = true;
                if (left) {
                    abandoned--;
                }
            }
            release();
        }

        /** The caller waits no longer: it has its answer, or has given up. */
        void callerLeft() {
            boolean allHang;
            synchronized (ConcurrencyLimit.this) {
                left = true;
                if (ended) {
                    return;
                }
                abandoned++;
                allHang = abandoned == maxRunning;
            }
            if (allHang) {
                refuseWaiting();
            }
        }
    }
}
