package io.portcullis.gateway;

import io.portcullis.testbed.ShiftedClock;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Primary;

/** The clocks of two nodes, set forward and back while the nodes serve, by up to half a minute from the real time. */
final class JumpingClocks {
    /** By how many seconds two such clocks may differ, as much as ADR 6 permits. */
    static final long MAX_DIFFERENCE = 60;

    private static final int MAX_MILLIS = 30_000;
    private static final ShiftedClock FIRST = new ShiftedClock();
    private static final ShiftedClock SECOND = new ShiftedClock();

    private JumpingClocks() {}

    /** Not annotated: the nodes of other tests would find it. */
    static class OfFirstNode {
        @Bean
        @Primary
        Clock jumpingClock() {
            return FIRST;
        }
    }

    /** Not annotated, as {@link OfFirstNode}. */
    static class OfSecondNode {
        @Bean
        @Primary
        Clock jumpingClock() {
            return SECOND;
        }
    }

    /** Sets the clocks several times a second, so that they are up to a minute apart, until the result is shut down. */
    static ScheduledExecutorService jump(Random random) {
        ScheduledExecutorService jumps = Executors.newSingleThreadScheduledExecutor();
        var unused = jumps.scheduleAtFixedRate(
                () -> List.of(FIRST, SECOND)
                        .forEach(clock -> clock.shift(Duration.ofMillis(random.nextInt(-MAX_MILLIS, MAX_MILLIS + 1)))),
                0,
                200,
                TimeUnit.MILLISECONDS);
        return jumps;
    }
}
