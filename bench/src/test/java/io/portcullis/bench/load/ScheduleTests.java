package io.portcullis.bench.load;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ScheduleTests {
    @ParameterizedTest
    @CsvSource({"100, 16, 1", "160, 16, 2", "999, 64, 5", "5000, 64, 5", "14000, 64, 5", "37000, 64, 3"})
    void ofWhenARateThenSpreadOverConnectionsWhoseTimersKeepIt(int rate, int leastConnections, int seconds) {
        Schedule schedule = Schedule.of(rate, leastConnections, seconds);

        assertThat(schedule.connections()).isGreaterThanOrEqualTo(leastConnections);
        assertThat((double) rate / schedule.connections()).isLessThanOrEqualTo(50);
        // An even spread would have a gap of 1 s / rate.
        assertThat(schedule.longestGapMicros()).isLessThan(4e6 / rate);
        double openingMicros = schedule.connections() * schedule.intervalMillis() * 1e3;
        assertThat(schedule.activeMicros() - openingMicros).isGreaterThanOrEqualTo(seconds * 1e6);
        assertThat(openingMicros).isLessThan(2.1e6);
    }

    @ParameterizedTest
    @CsvSource({"5000, 100, 4", "160, 16, 100"})
    void longestGapWhenConnectionsShareTheirPhaseThenLong(int rate, int connections, int intervalMillis) {
        Schedule schedule = new Schedule(rate, connections, intervalMillis, 1);

        assertThat(schedule.longestGapMicros()).isGreaterThan(15e6 / rate);
    }

    @ParameterizedTest
    @CsvSource({"5000, 100, 4, 51, 5100, 50.000000"})
    void argumentsWhenGivenThenOfAllConnections(
            int rate, int connections, int intervalMillis, int each, String requests, String perConnection) {
        assertThat(new Schedule(rate, connections, intervalMillis, each).arguments())
                .containsExactly(
                        "--clients=" + connections,
                        "--requests=" + requests,
                        "--rps=" + perConnection,
                        "--rate=1",
                        "--rate-period=" + intervalMillis + "ms");
    }
}
