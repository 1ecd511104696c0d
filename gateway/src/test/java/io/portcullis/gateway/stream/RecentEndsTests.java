package io.portcullis.gateway.stream;

import static org.assertj.core.api.Assertions.assertThat;

import io.portcullis.core.session.EndReason;
import io.portcullis.core.session.EndedSession;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class RecentEndsTests {
    private final AtomicLong nanoTime = new AtomicLong(Long.MAX_VALUE - 1);
    private final RecentEnds ends = new RecentEnds(nanoTime::get);

    private static EndedSession ended(int number) {
        return new EndedSession("session-" + number, EndReason.KICKED, Instant.EPOCH);
    }

    @Test
    void findWhenAddedThenFoundForAMinute() {
        ends.add(ended(1));
        nanoTime.addAndGet(RecentEnds.MAX_AGE.toNanos());
        assertThat(ends.find("session-1")).isEqualTo(ended(1));

        nanoTime.addAndGet(1);

        assertThat(ends.find("session-1")).isNull();
        assertThat(ends.find("session-2")).isNull();
    }

    @Test
    void addWhenRepeatedThenTheMinuteBeginsAnew() {
        ends.add(ended(1));
        ends.add(ended(2));
        nanoTime.addAndGet(RecentEnds.MAX_AGE.toNanos());
        ends.add(ended(1));
        nanoTime.addAndGet(1);

        assertThat(ends.find("session-1")).isEqualTo(ended(1));
        assertThat(ends.find("session-2")).isNull();
    }

    @Test
    void addWhenTooManyThenTheOldestIsForgotten() {
        for (int i = 0; i <= RecentEnds.MAX_ENDS; i++) {
            ends.add(ended(i));
        }

        assertThat(ends.find("session-0")).isNull();
        assertThat(ends.find("session-1")).isNotNull();
        assertThat(ends.find("session-" + RecentEnds.MAX_ENDS)).isNotNull();
    }
}
