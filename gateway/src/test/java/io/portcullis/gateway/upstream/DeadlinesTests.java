package io.portcullis.gateway.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.util.concurrent.MockTicker;
import io.netty.util.concurrent.Ticker;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class DeadlinesTests {
    private static final Duration LIMIT = Duration.ofMillis(100);

    private final MockTicker ticker = Ticker.newMockTicker();
    private final EmbeddedChannel channel =
            EmbeddedChannel.builder().ticker(ticker).build();
    private final Deadlines deadlines = new Deadlines(channel.eventLoop(), LIMIT);
    private final List<String> expired = new ArrayList<>();

    private final class Named extends Deadlines.Deadline {
        private final String name;

        Named(String name) {
            this.name = name;
        }

        @Override
        protected void expire(Duration limit) {
            assertThat(limit).isEqualTo(LIMIT);
            expired.add(name);
        }
    }

    private Named start(String name) {
        var deadline = new Named(name);
        deadlines.start(deadline);
        return deadline;
    }

    private void advance(long millis) {
        ticker.advance(millis, TimeUnit.MILLISECONDS);
        channel.runScheduledPendingTasks();
    }

    @Test
    void deadlinesWhenTheirTimeIsOverThenExpireInOrder() {
        start("a");
        advance(40);
        start("b");

        advance(59);
        assertThat(expired).isEmpty();
        advance(1);
        assertThat(expired).containsExactly("a");
        advance(40);
        assertThat(expired).containsExactly("a", "b");
        advance(1_000);
        assertThat(expired).hasSize(2);
    }

    @Test
    void cancelWhenFirstMiddleOrLastThenTheOthersExpire() {
        List<Named> all = List.of(start("a"), start("b"), start("c"), start("d"), start("e"));
        all.get(0).cancel();
        all.get(2).cancel();
        all.get(4).cancel();
        all.get(4).cancel();

        advance(100);

        assertThat(expired).containsExactly("b", "d");
    }

    @Test
    void startWhenItRunsThenTheTimeBeginsAnew() {
        Named again = start("a");
        start("b");
        advance(60);
        deadlines.start(again);

        advance(40);
        assertThat(expired).containsExactly("b");
        advance(60);
        assertThat(expired).containsExactly("b", "a");
    }

    @Test
    void startWhenAnotherExpiresThenItExpiresToo() {
        deadlines.start(new Deadlines.Deadline() {
            @Override
            protected void expire(Duration limit) {
                start("next");
            }
        });

        advance(100);
        assertThat(expired).isEmpty();
        advance(100);
        assertThat(expired).containsExactly("next");
    }

    /** A task for each deadline would stay in the loop's heap until its time, with the whole exchange. */
    @Test
    void startWhenManyAreStartedAndCancelledThenTheLoopHasOneTask() {
        for (int i = 0; i < 1_000; i++) {
            start("x").cancel();
        }
        start("last");

        advance(100);
        assertThat(expired).containsExactly("last");
        assertThat(channel.runScheduledPendingTasks()).isEqualTo(-1);
    }
}
