package io.portcullis.gateway;

import io.portcullis.testbed.Shrinking;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Random sequences of what happens to sessions have the outcomes that {@link SessionModel} allows, on two nodes.
 *
 * <p>{@code -Dmodel.minutes=30} searches longer. {@code -Dmodel.seed} repeats a run.
 */
class SessionModelIT {
    private static final Logger log = LoggerFactory.getLogger(SessionModelIT.class);
    private static final Duration SEARCH = Integer.getInteger("model.minutes") == null
            ? Duration.ofSeconds(10)
            : Duration.ofMinutes(Integer.getInteger("model.minutes"));
    private static final int CALLERS = 4;
    private static final int LENGTH = 25;
    private static final int MAX_RUNS = 300;
    /** The time that passes by itself must not count beside the steps of the sequence. */
    private static final Duration LONGEST = Duration.ofSeconds(SessionModel.GRACE / 2);

    private static SessionNodes nodes;

    @BeforeAll
    static void start() throws Exception {
        nodes = new SessionNodes();
    }

    @AfterAll
    static void stop() throws Exception {
        nodes.close();
    }

    @Test
    void sequenceWhenRandomThenTheModelAllowsEachOutcome() throws Exception {
        long seed = Long.getLong("model.seed", System.nanoTime());
        log.info("-Dmodel.seed={}", seed);
        AtomicLong next = new AtomicLong(seed);
        ExecutorService callers = Executors.newFixedThreadPool(CALLERS);
        try {
            List<Future<?>> searches = new ArrayList<>();
            for (int caller = 0; caller < CALLERS; caller++) {
                searches.add(callers.submit(() -> search(next)));
            }
            for (Future<?> search : searches) {
                search.get();
            }
        } finally {
            callers.shutdownNow();
        }
        log.info("{} sequences", next.get() - seed);
    }

    private static void search(AtomicLong next) {
        long start = System.nanoTime();
        while (System.nanoTime() - start < SEARCH.toNanos()) {
            long seed = next.getAndIncrement();
            List<SessionStep> steps = SessionSteps.sequence(new Random(seed), LENGTH);
            SessionHistory history = run(steps, seed);
            if (history.failed()) {
                throw new AssertionError("-Dmodel.seed=%d fails; shrunk:\n%s\n\nfrom:\n%s"
                        .formatted(seed, shrink(steps, seed, history), history));
            }
        }
    }

    /** Returns a short sequence that fails, with the outcomes. If two calls race, it may not fail each time. */
    private static SessionHistory shrink(List<SessionStep> steps, long seed, SessionHistory failed) {
        AtomicReference<SessionHistory> last = new AtomicReference<>(failed);
        List<SessionStep> unused = Shrinking.shrink(steps, MAX_RUNS, shorter -> {
            SessionHistory history = run(shorter, seed);
            if (history.failed()) {
                last.set(history);
            }
            return history.failed();
        });
        return last.get();
    }

    private static SessionHistory run(List<SessionStep> steps, long seed) {
        SessionHistory history = new SessionHistory(new SessionCalls(nodes, new Random(seed), SessionSteps.USERS));
        long start = System.nanoTime();
        for (SessionStep step : steps) {
            if (!history.run(step) || System.nanoTime() - start > LONGEST.toNanos()) {
                break;
            }
        }
        return history;
    }
}
