package io.portcullis.bench.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class RequestLogTests {
    /** One connection sends a request in each millisecond. */
    private static final Schedule STEADY = new Schedule(1_000, 1, 1, 1_001);

    private static final long EPOCH = 1_790_000_000_000_000L;

    @Test
    void resultWhenAllAreAnsweredThenPercentilesOfTheDurations() {
        // The log has the order of the responses. The last request is the end of the measured time, and not part of it.
        List<String> lines = lines(LongStream.rangeClosed(0, 1_000).toArray());
        Collections.reverse(lines);

        LoadResult result = RequestLog.parse(STEADY, lines).result();

        assertThat(result.requests()).isEqualTo(1_001);
        assertThat(result.rate()).isCloseTo(1_000, within(1e-6));
        assertThat(result.p50Micros()).isEqualTo(500);
        assertThat(result.p99Micros()).isEqualTo(990);
        assertThat(result.p999Micros()).isEqualTo(999);
        assertThat(result.refused()).isZero();
        assertThat(result.broken()).isZero();
        assertThat(result.lateMicros()).isZero();
    }

    @Test
    void resultWhenConnectionsOpenOneAfterTheOtherThenOnlyTheTimeOfAll() {
        // The first connection sends at 0, 10 and 20 ms, the second one at 5, 15 and 25 ms.
        Schedule two = new Schedule(200, 2, 5, 3);

        LoadResult result = RequestLog.parse(two, lines(0, 10, 20, 5, 15, 25)).result();

        assertThat(result.requests()).isEqualTo(6);
        assertThat(result.rate()).isCloseTo(200, within(1e-6));
        // Of the lines 1 to 6, those at 10, 5 and 15 ms.
        assertThat(result.p50Micros()).isEqualTo(4);
        assertThat(result.p999Micros()).isEqualTo(5);
    }

    @Test
    void resultWhenRequestsFailThenCounted() {
        List<String> lines = lines(LongStream.rangeClosed(0, 990).toArray());
        lines.set(3, EPOCH + 3_000 + "\t503\t80");
        lines.set(4, EPOCH + 4_000 + "\t-1\t80");

        LoadResult result =
                RequestLog.parse(new Schedule(1_000, 1, 1, 1_001), lines).result();

        assertThat(result.refused()).isEqualTo(1);
        // One was aborted, and ten are not in the log.
        assertThat(result.broken()).isEqualTo(11);
    }

    @Test
    void resultWhenRequestsLeaveInBurstsThenLate() {
        // Ten requests at the end of each 10 ms.
        long[] starts = LongStream.rangeClosed(0, 1_000).map(i -> i / 10 * 10).toArray();

        assertThat(RequestLog.parse(STEADY, lines(starts)).result().lateMicros())
                .isEqualTo(9_000);
    }

    @Test
    void parseWhenALineHasAnotherFormThenSaysWhich() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> RequestLog.parse(STEADY, List.of("1790000000000000\t200")))
                .withMessageContaining("1790000000000000\t200");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> RequestLog.parse(STEADY, List.of("progress: 10% done")))
                .withMessageContaining("progress: 10% done");
    }

    @Test
    void resultWhenConnectionsNeverSentTogetherThenFails() {
        Schedule two = new Schedule(200, 2, 5, 3);

        assertThatIllegalArgumentException()
                .isThrownBy(() -> RequestLog.parse(two, lines(0, 10, 20, 90)).result())
                .withMessageContaining("2 connections");
    }

    /** Returns the line of one response for each start. The first response took 1 us, the second one 2 us, and so on. */
    private static List<String> lines(long... startMillis) {
        List<String> lines = new ArrayList<>();
        for (long millis : startMillis) {
            lines.add(EPOCH + millis * 1_000 + "\t200\t" + (lines.size() + 1));
        }
        return lines;
    }
}
