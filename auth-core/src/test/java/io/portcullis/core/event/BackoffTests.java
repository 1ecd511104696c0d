package io.portcullis.core.event;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BackoffTests {
    private static final Duration LIMIT = Duration.ofMinutes(10);

    @ParameterizedTest
    @CsvSource({"1, 1", "2, 2", "3, 4", "10, 512", "11, 600", "40, 600", "2147483647, 600"})
    void afterWhenFailuresInARowThenHalfToAllOfTheDoubledPause(int failures, int seconds) {
        Duration pause = Duration.ofSeconds(seconds);

        assertThat(Backoff.after(failures, LIMIT)).isBetween(pause.dividedBy(2), pause);
    }
}
