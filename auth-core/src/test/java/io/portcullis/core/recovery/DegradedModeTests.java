package io.portcullis.core.recovery;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class DegradedModeTests {
    private final AtomicLong disruptions = new AtomicLong();
    private final DegradedMode degraded = new DegradedMode(disruptions::get);

    private DegradedMode.Attempt attempt() {
        return degraded.attempt().orElseThrow();
    }

    private void recover() {
        assertThat(degraded.leave(attempt(), 0)).isTrue();
    }

    @Test
    void activeWhenStartedThenUntilItIsLeft() {
        assertThat(degraded.active()).isTrue();
        recover();
        assertThat(degraded.active()).isFalse();
        assertThat(degraded.attempt()).isEmpty();
    }

    @Test
    void activeWhenDisruptedThenAtOnceAndUntilAnotherReplay() {
        recover();
        disruptions.incrementAndGet();
        assertThat(degraded.active()).isTrue();
        assertThat(degraded.trust()).isEqualTo(DegradedMode.NONE);

        recover();

        assertThat(degraded.active()).isFalse();
        assertThat(degraded.entered()).isEqualTo(1);
    }

    @Test
    void leaveWhenDisruptedSinceTheAttemptBeganThenStays() {
        var attempt = attempt();
        assertThat(degraded.promising(attempt)).isTrue();
        disruptions.incrementAndGet();

        assertThat(degraded.promising(attempt)).isFalse();
        assertThat(degraded.leave(attempt, 0)).isFalse();
        assertThat(degraded.active()).isTrue();
    }

    @Test
    void leaveWhenEnteredAgainSinceTheAttemptBeganThenStays() {
        var attempt = attempt();
        degraded.enter("again");

        assertThat(degraded.promising(attempt)).isFalse();
        assertThat(degraded.leave(attempt, 0)).isFalse();
        assertThat(degraded.active()).isTrue();
    }

    @Test
    void trustWhenDisruptedAndRepairedThenAnotherThanBefore() {
        recover();
        long before = degraded.trust();
        disruptions.incrementAndGet();
        recover();

        assertThat(degraded.trust()).isNotEqualTo(before).isNotEqualTo(DegradedMode.NONE);
    }
}
