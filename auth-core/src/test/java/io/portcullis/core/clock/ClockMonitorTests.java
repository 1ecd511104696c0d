package io.portcullis.core.clock;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import reactor.core.publisher.Mono;

class ClockMonitorTests {
    private static final Instant NOW = Instant.parse("2026-11-25T12:00:00Z");
    private static final Duration ALLOWED = Duration.ofMinutes(1);

    private static ClockMonitor watch(Duration ahead) {
        return new ClockMonitor(() -> Mono.just(NOW), Clock.fixed(NOW.plus(ahead), ZoneOffset.UTC), ALLOWED);
    }

    @ParameterizedTest
    @CsvSource({"PT0S, true", "PT60S, true", "PT-60S, true", "PT60.001S, false", "PT-60.001S, false", "P100D, false"})
    void measureWhenTheClockIsOffThenTrustedUpToAMinuteEitherWay(Duration ahead, boolean trusted) {
        ClockMonitor watch = watch(ahead);

        assertThat(watch.measure().block()).isEqualTo(ahead);
        assertThat(watch.trusted()).isEqualTo(trusted);
        assertThat(watch.offset()).contains(ahead);
    }

    @Test
    void trustedWhenNeverComparedThenTrue() {
        assertThat(watch(Duration.ofDays(1)).trusted()).isTrue();
        assertThat(watch(Duration.ofDays(1)).offset()).isEmpty();
    }
}
