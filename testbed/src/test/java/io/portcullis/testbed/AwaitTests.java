package io.portcullis.testbed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class AwaitTests {
    @Test
    void untilWhenTheConditionBecomesTrueThenReturns() {
        var evaluations = new AtomicInteger();

        Await.until("three evaluations", () -> evaluations.incrementAndGet() == 3);

        assertThat(evaluations).hasValue(3);
    }

    @Test
    void untilWhenTheConditionStaysFalseThenSaysWhatWasSeen() {
        var evaluations = new AtomicInteger();

        assertThatThrownBy(() -> Await.until(() -> "a rise, seen " + evaluations, Duration.ofMillis(10), () -> {
                    evaluations.incrementAndGet();
                    return false;
                }))
                .isInstanceOf(AssertionError.class)
                .hasMessage("not within PT0.01S: a rise, seen " + evaluations);
    }

    /** The machine stalls for longer than the limit between two evaluations. */
    @Test
    void untilWhenOneEvaluationTakesLongerThanTheLimitThenEvaluatesAgain() {
        var evaluations = new AtomicInteger();

        Await.until("the second evaluation", Duration.ofMillis(1500), () -> {
            TimeUnit.MILLISECONDS.sleep(evaluations.get() == 0 ? 1700 : 0);
            return evaluations.incrementAndGet() > 2;
        });

        assertThat(evaluations).hasValue(3);
    }

    @Test
    void untilWhenTheConditionFailsThenEndsAtOnce() {
        assertThatThrownBy(() -> Await.until("anything", () -> {
                    throw new IOException("no such file");
                }))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("no such file");
    }
}
