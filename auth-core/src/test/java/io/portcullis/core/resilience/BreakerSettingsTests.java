package io.portcullis.core.resilience;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BreakerSettingsTests {
    @ParameterizedTest
    @CsvSource({
        "0, PT0.1S, 20, 10, PT1S, 3, failureRatePercent: 0 (expected: 1 to 100)",
        "101, PT0.1S, 20, 10, PT1S, 3, failureRatePercent: 101 (expected: 1 to 100)",
        "50, PT0S, 20, 10, PT1S, 3, slowCall: PT0S (expected: >= 1ms)",
        "50, PT0.1S, 0, 10, PT1S, 3, window: 0 (expected: >= 1)",
        "50, PT0.1S, 20, 0, PT1S, 3, minimumCalls: 0 (expected: 1 to window)",
        "50, PT0.1S, 20, 21, PT1S, 3, minimumCalls: 21 (expected: 1 to window)",
        "50, PT0.1S, 20, 10, PT-1S, 3, openFor: PT-1S (expected: >= 1ms)",
        "50, PT0.1S, 20, 10, PT1S, 0, probes: 0 (expected: >= 1)"
    })
    void newWhenOutOfRangeThenRefused(
            int rate, Duration slow, int window, int minimum, Duration openFor, int probes, String message) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new BreakerSettings(rate, slow, window, minimum, openFor, probes))
                .withMessage(message);
    }

    @ParameterizedTest
    @CsvSource({"1, PT0.001S, 1, 1, PT0.001S, 1", "100, PT1S, 20, 20, PT1M, 20"})
    void newWhenAtTheLimitsThenAccepted(
            int rate, Duration slow, int window, int minimum, Duration openFor, int probes) {
        assertThat(new BreakerSettings(rate, slow, window, minimum, openFor, probes).minimumCalls())
                .isEqualTo(minimum);
    }

    @Test
    void defaultsThenValid() {
        assertThat(BreakerSettings.defaults().failureRatePercent()).isEqualTo(50);
    }
}
