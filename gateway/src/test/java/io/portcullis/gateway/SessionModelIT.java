package io.portcullis.gateway;

import io.portcullis.testbed.Shrinking;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
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
    /** The time that passes by itself must not add up with that of the steps to the end of the grace window. */
    private static final Duration LONGEST = Duration.ofSeconds(SessionModel.GRACE / 2);

    private static class NoBeans {}

    @Test
    void sequenceWhenRandomThenTheModelAllowsEachOutcome() throws Exception {
        try (SessionNodes nodes = new SessionNodes(NoBeans.class, NoBeans.class)) {
            search(nodes, 0);
        }
    }

    /** All times of sessions and tokens are those of the database's clock, or are compared with a tolerance (ADR 6). */
    @Test
    void sequenceWhenTheClocksOfTheNodesJumpThenTheModelAllowsEachOutcome() throws Exception {
        ScheduledExecutorService jumps = JumpingClocks.jump(new Random(Long.getLong("model.seed", System.nanoTime())));
        try (SessionNodes nodes = new SessionNodes(JumpingClocks.OfFirstNode.class, JumpingClocks.OfSecondNode.class)) {
            search(nodes, JumpingClocks.MAX_DIFFERENCE);
        } finally {
            jumps.shutdownNow();
        }
    }

    /** A store that does not answer in time, on a busy machine, leaves the outcome open, and the rest of the sequence is left out. */
    private static void search(SessionNodes nodes, long clockDifference) throws Exception {
        AtomicInteger leftOut = new AtomicInteger();

        long sequences = ParallelSearch.run("model.seed", CALLERS, SEARCH, seed -> {
            List<SessionStep> steps = SessionSteps.sequence(new Random(seed), LENGTH, clockDifference);
            SessionHistory history = run(nodes, steps, seed);
            if (history.failed()) {
                throw new AssertionError("-Dmodel.seed=%d fails; shrunk:\n%s\n\nfrom:\n%s"
                        .formatted(seed, shrink(nodes, steps, seed, history), history));
            }
            leftOut.addAndGet(history.isWhole() ? 0 : 1);
        });

        log.info("{} sequences, {} of them not whole", sequences, leftOut);
    }

    /** Returns a short sequence that fails, with the outcomes. If two calls race, it may not fail each time. */
    private static SessionHistory shrink(
            SessionNodes nodes, List<SessionStep> steps, long seed, SessionHistory failed) {
        AtomicReference<SessionHistory> last = new AtomicReference<>(failed);
        List<SessionStep> unused = Shrinking.shrink(steps, MAX_RUNS, shorter -> {
            SessionHistory history = run(nodes, shorter, seed);
            if (history.failed()) {
                last.set(history);
            }
            return history.failed();
        });
        return Objects.requireNonNull(last.get());
    }

    private static SessionHistory run(SessionNodes nodes, List<SessionStep> steps, long seed) {
        SessionHistory history = new SessionHistory(new SessionCalls(nodes, new Random(seed), SessionSteps.USERS));
        long start = System.nanoTime();
        for (SessionStep step : steps) {
            if (System.nanoTime() - start > LONGEST.toNanos()) {
                history.leaveOut();
            }
            if (!history.run(step)) {
                break;
            }
        }
        return history;
    }
}
