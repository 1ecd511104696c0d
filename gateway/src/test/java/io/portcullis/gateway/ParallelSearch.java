package io.portcullis.gateway;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tries one seed after another on several threads, until the time is over or one of them fails. */
final class ParallelSearch {
    private static final Logger log = LoggerFactory.getLogger(ParallelSearch.class);

    private final AtomicBoolean failed = new AtomicBoolean();
    private final AtomicLong next;
    private final long nanos;
    private final Attempt attempt;

    private ParallelSearch(long first, Duration time, Attempt attempt) {
        this.next = new AtomicLong(first);
        this.nanos = time.toNanos();
        this.attempt = attempt;
    }

    /** Fails if what it tries with the seed is not as expected. */
    interface Attempt {
        void with(long seed) throws Exception;
    }

    /**
     * Returns the number of attempts.
     *
     * @param property the system property with the first seed; logged, so that a run can be repeated
     */
    static long run(String property, int callers, Duration time, Attempt attempt) throws Exception {
        long first = Long.getLong(property, System.nanoTime());
        log.info("-D{}={}", property, first);
        ParallelSearch search = new ParallelSearch(first, time, attempt);
        ExecutorService threads = Executors.newFixedThreadPool(callers);
        try {
            List<Future<?>> all = new ArrayList<>();
            for (int caller = 0; caller < callers; caller++) {
                all.add(threads.submit(search::search));
            }
            for (Future<?> each : all) {
                each.get();
            }
        } finally {
            threads.shutdownNow();
        }
        return search.next.get() - first;
    }

    private Object search() throws Exception {
        long start = System.nanoTime();
        while (System.nanoTime() - start < nanos && !failed.get()) {
            try {
                attempt.with(next.getAndIncrement());
            } catch (Exception | AssertionError e) {
                failed.set(true);
                throw e;
            }
        }
        return true;
    }
}
