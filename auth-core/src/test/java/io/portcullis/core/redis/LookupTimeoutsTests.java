package io.portcullis.core.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.lettuce.core.cluster.api.reactive.RedisClusterReactiveCommands;
import io.netty.channel.embedded.EmbeddedChannel;
import io.portcullis.core.error.ErrorCode;
import io.portcullis.core.error.PortcullisException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;

/** An event loop that is turned by hand: what ends a look-up when the loop is there, and when it was away. */
class LookupTimeoutsTests {
    private static final int LIMIT = 80;
    private static final String ANSWERED = "answered";

    private final EmbeddedChannel channel = new EmbeddedChannel();
    private final AtomicLong now = new AtomicLong(System.nanoTime());
    private final LookupTimeouts deadlines =
            new LookupTimeouts(channel.eventLoop(), Duration.ofMillis(LIMIT), now::get);
    private final RedisAccessTokenCache store = new RedisAccessTokenCache(new ByHand(), null);
    private final List<GetTokenCommand> asked = new ArrayList<>();
    private final List<String> ends = new ArrayList<>();

    LookupTimeoutsTests() {
        channel.freezeTime();
    }

    /** Adds its end to {@link #ends}. */
    private void ask() {
        store.find("d1g")
                .thenReturn(ANSWERED)
                .onErrorResume(
                        PortcullisException.class,
                        failure -> Mono.just(failure.code().name()))
                .subscribe(ends::add);
    }

    private void answer(int lookup) {
        asked.get(lookup).complete();
    }

    /** Time passes and the loop does nothing. */
    private void away(long millis) {
        now.addAndGet(TimeUnit.MILLISECONDS.toNanos(millis));
        channel.advanceTimeBy(millis, TimeUnit.MILLISECONDS);
    }

    /** What is due is run. */
    private void turn() {
        channel.runScheduledPendingTasks();
    }

    /** Time passes on a loop that is well. */
    private void pass(long millis) {
        for (long i = 0; i < millis; i++) {
            away(1);
            turn();
        }
    }

    /** What is not excused of the time since then. */
    private long millisOf(long start) {
        return TimeUnit.NANOSECONDS.toMillis(now.get() - start - deadlines.stalledNanosSince(start));
    }

    @Test
    void askWhenRedisIsSilentThenEndsInItsTime() {
        ask();
        pass(3);
        ask();

        pass(LIMIT - 4);
        assertThat(ends).isEmpty();
        pass(1);
        assertThat(ends).containsExactly(ErrorCode.UNAVAILABLE.name());
        pass(3);

        assertThat(ends).containsExactly(ErrorCode.UNAVAILABLE.name(), ErrorCode.UNAVAILABLE.name());
    }

    @Test
    void answerWhenReadBeforeTheAbsenceIsNoticedThenAnsweredAndNotSlow() {
        long start = now.get();
        ask();
        away(200);

        answer(0);

        assertThat(ends).containsExactly(ANSWERED);
        assertThat(millisOf(start)).isEqualTo(10);
        turn();
        pass(500);
        assertThat(millisOf(start)).isEqualTo(510);
    }

    @Test
    void answerWhenReadAfterTheAbsenceIsNoticedThenAnsweredAndNotSlow() {
        long start = now.get();
        ask();
        pass(5);
        away(200);
        turn();
        assertThat(ends).isEmpty();

        answer(0);

        assertThat(ends).containsExactly(ANSWERED);
        assertThat(millisOf(start)).isEqualTo(10);
    }

    @Test
    void answerWhenLateOnALoopThatIsThereThenNothingIsExcused() {
        long start = now.get();
        ask();
        pass(60);

        answer(0);

        assertThat(millisOf(start)).isEqualTo(60);
    }

    @Test
    void askWhenAwayAndRedisIsSilentThenEndsAfterWhatWasLeftOfItsTime() {
        ask();
        pass(30);
        // Due at 40.
        away(200);
        turn();

        pass(LIMIT - 40 - 1);
        assertThat(ends).isEmpty();
        pass(1);

        assertThat(ends).containsExactly(ErrorCode.UNAVAILABLE.name());
    }

    @Test
    void askWhenItsTimeWasUpAsTheLoopWentAwayThenTheLoopReadsOnceMore() {
        ask();
        pass(LIMIT - 1);
        away(200);
        turn();
        assertThat(ends).isEmpty();

        pass(1);

        assertThat(ends).containsExactly(ErrorCode.UNAVAILABLE.name());
    }

    @Test
    void askWhenAwayAgainAndAgainThenEndsAllTheSame() {
        long start = now.get();
        ask();
        while (ends.isEmpty()) {
            away(50);
            turn();
        }

        assertThat(ends).containsExactly(ErrorCode.UNAVAILABLE.name());
        // Twice its time, what exceeded that, and two comings back.
        assertThat(Duration.ofNanos(now.get() - start)).isLessThanOrEqualTo(Duration.ofMillis(2 * LIMIT + 3 * 50));
    }

    @Test
    void askWhenAwayBeforeThenItsTimeIsItsOwn() {
        ask();
        away(200);
        ask();
        turn();

        pass(LIMIT - 1);
        assertThat(ends).containsExactly(ErrorCode.UNAVAILABLE.name());
        pass(1);

        assertThat(ends).hasSize(2);
    }

    @Test
    void runWhenNothingIsOutstandingThenNotAgain() {
        ask();
        answer(0);
        pass(10);

        assertThat(channel.runScheduledPendingTasks()).isEqualTo(-1);
    }

    /** On that loop. */
    private final class ByHand implements RedisCommandExecutor {
        @Override
        public RedisClusterReactiveCommands<String, String> commands() {
            throw new UnsupportedOperationException();
        }

        @Override
        public void ask(GetTokenCommand lookup) {
            asked.add(lookup);
            lookup.startTimeout(deadlines);
        }

        @Override
        public RedisSettings.Timeouts timeouts() {
            return RedisSettings.Timeouts.DEFAULTS;
        }
    }
}
