package io.portcullis.core.sample;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SampleRangeTests {
    private static final Instant FROM = Instant.parse("2026-11-18T12:00:30.500Z");

    @ParameterizedTest
    @CsvSource({
        "PT0.001S,60",
        "PT1H,60",
        "PT4H48M,60",
        "PT4H48M0.001S,61",
        "PT24H,300",
        "P8D,2400",
        "P2900000D,870000000"
    })
    void ofWhenAnyRangeThenShortStepsButNoMoreThanTheLimit(Duration length, long seconds) {
        Instant to = FROM.plus(length);

        SampleRange range = SampleRange.of(FROM, to, Duration.ofMinutes(1));

        assertThat(range.step()).isEqualTo(Duration.ofSeconds(seconds));
        assertThat(range.at(SampleRange.MAX_STEPS)).isAfterOrEqualTo(to);
        assertThat(range.at(0)).isEqualTo(FROM);
    }

    @Test
    void ofWhenTheRangeIsEmptyThenRefused() {
        assertThatThrownBy(() -> SampleRange.of(FROM, FROM, Duration.ofMinutes(1)))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
