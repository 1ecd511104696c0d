package io.portcullis.core.resilience;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(180)
class FairWorkersTests {
    private static final int MAX_WAITING = 8;

    private final FairWorkers workers = new FairWorkers("fair", 1, MAX_WAITING);
    private final CountDownLatch release = new CountDownLatch(1);
    private final List<String> outcomes = Collections.synchronizedList(new ArrayList<>());

    /** Occupies the only thread until the test releases it. */
    @BeforeEach
    void occupy() throws InterruptedException {
        var occupied = new CountDownLatch(1);
        workers.submit("first", new FairWorkers.Task() {
            @Override
            public void run() {
                occupied.countDown();
                try {
                    release.await();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            }

            @Override
            public void refuse() {}
        });
        occupied.await();
    }

    @AfterEach
    void close() {
        release.countDown();
        workers.close();
    }

    private void submit(String origin, String name) {
        workers.submit(origin, task(name));
    }

    private FairWorkers.Task task(String name) {
        return new FairWorkers.Task() {
            @Override
            public void run() {
                outcomes.add(name);
            }

            @Override
            public void refuse() {
                outcomes.add("no " + name);
            }
        };
    }

    private void runAll() throws InterruptedException {
        var done = new CountDownLatch(1);
        workers.submit("last", new FairWorkers.Task() {
            @Override
            public void run() {
                done.countDown();
            }

            @Override
            public void refuse() {}
        });
        release.countDown();
        while (workers.waitingTasks() > 0 || !done.await(1, TimeUnit.MILLISECONDS)) {
            Thread.onSpinWait();
        }
    }

    @Test
    void submitWhenOneOriginHasManyThenAnotherWaitsForOneOfThem() throws InterruptedException {
        submit("a", "a1");
        submit("a", "a2");
        submit("a", "a3");
        submit("b", "b1");
        runAll();

        assertThat(outcomes).startsWith("a1", "b1").contains("a2", "a3");
    }

    @Test
    void submitWhenOneOriginFloodsThenHalfOfThePlacesAreLeft() {
        for (int i = 1; i <= 6; i++) {
            submit("a", "a" + i);
        }

        assertThat(outcomes).containsExactly("no a5", "no a6");
        assertThat(workers.waitingTasks()).isEqualTo(MAX_WAITING / 2);
    }

    @Test
    void submitWhenAllPlacesAreTakenThenTheOriginWithMostGivesOneUp() {
        for (int i = 1; i <= 4; i++) {
            submit("a", "a" + i);
            submit("b", "b" + i);
        }

        submit("c", "c1");
        submit("d", "d1");

        assertThat(outcomes).hasSize(2).containsAnyOf("no a4", "no b4").doesNotContain("no c1", "no d1");
        assertThat(workers.waitingTasks()).isEqualTo(MAX_WAITING);
    }

    @Test
    void submitWhenEveryOriginHasOneThenTheNextIsRefused() {
        for (int i = 1; i <= MAX_WAITING; i++) {
            submit("origin" + i, "task" + i);
        }

        submit("one more", "too many");

        assertThat(outcomes).containsExactly("no too many");
    }

    @Test
    void withdrawWhenItWaitsThenItsPlaceIsFreeAndItNeverRuns() throws InterruptedException {
        var gone = task("a1");
        workers.submit("a", gone);
        submit("b", "b1");

        workers.withdraw("a", gone);
        workers.withdraw("a", gone);

        assertThat(workers.waitingTasks()).isEqualTo(1);
        runAll();
        assertThat(outcomes).containsExactly("b1");
    }

    @Test
    void runWhenATaskThrowsThenTheNextOneRuns() throws InterruptedException {
        workers.submit("a", new FairWorkers.Task() {
            @Override
            public void run() {
                throw new IllegalStateException("as a defect would");
            }

            @Override
            public void refuse() {}
        });
        submit("b", "b1");
        runAll();

        assertThat(outcomes).containsExactly("b1");
    }

    @Test
    void closeWhenTasksWaitThenTheyAreRefusedAndSoAreLaterOnes() {
        submit("a", "a1");

        workers.close();
        submit("b", "b1");

        assertThat(outcomes).containsExactly("no a1", "no b1");
    }
}
