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

/** Tests the expiry of look-ups with and without stalls, on an event loop with a manual clock. */
class LookupTimeoutsTests {
    private static final int LIMIT = 80;
    private static final String REPLIED = "answered";

    private final EmbeddedChannel channel = new EmbeddedChannel();
    private final AtomicLong now = new AtomicLong(System.nanoTime());
    private final LookupTimeouts deadlines =
            new LookupTimeouts(channel.eventLoop(), Duration.ofMillis(LIMIT), now::get);
    private final RedisAccessTokenCache cache = new RedisAccessTokenCache(new ManualExecutor(), null);
    private final List<GetTokenCommand> dispatched = new ArrayList<>();
    private final List<String> ends = new ArrayList<>();

    LookupTimeoutsTests() {
        channel.freezeTime();
    }

    /** Sends a look-up whose termination is added to {@link #ends}. */
    private void dispatch() {
        cache.find("d1g")
                .thenReturn(REPLIED)
                .onErrorResume(
                        PortcullisException.class,
                        failure -> Mono.just(failure.code().name()))
                .subscribe(ends::add);
    }

    private void reply(int lookup) {
        dispatched.get(lookup).complete();
    }

    /** Stalls the event loop: advances the clock without running tasks. */
    private void stallLoop(long millis) {
        now.addAndGet(TimeUnit.MILLISECONDS.toNanos(millis));
        channel.advanceTimeBy(millis, TimeUnit.MILLISECONDS);
    }

    /** Runs the tasks that are due. */
    private void turn() {
        channel.runScheduledPendingTasks();
    }

    /** Advances the clock while the event loop runs its tasks on time. */
    private void pass(long millis) {
        for (long i = 0; i < millis; i++) {
            stallLoop(1);
            turn();
        }
    }

    /** Returns the time since {@code start} without the stalls, in milliseconds. */
    private long millisOf(long start) {
        return TimeUnit.NANOSECONDS.toMillis(now.get() - start - deadlines.stalledNanosSince(start));
    }

    @Test
    void askWhenRedisIsSilentThenEndsInItsTime() {
        dispatch();
        pass(3);
        dispatch();

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
        dispatch();
        stallLoop(200);

        reply(0);

        assertThat(ends).containsExactly(REPLIED);
        assertThat(millisOf(start)).isEqualTo(10);
        turn();
        pass(500);
        assertThat(millisOf(start)).isEqualTo(510);
    }

    @Test
    void answerWhenReadAfterTheAbsenceIsNoticedThenAnsweredAndNotSlow() {
        long start = now.get();
        dispatch();
        pass(5);
        stallLoop(200);
        turn();
        assertThat(ends).isEmpty();

        reply(0);

        assertThat(ends).containsExactly(REPLIED);
        assertThat(millisOf(start)).isEqualTo(10);
    }

    @Test
    void answerWhenLateOnALoopThatIsThereThenNothingIsExcused() {
        long start = now.get();
        dispatch();
        pass(60);

        reply(0);

        assertThat(millisOf(start)).isEqualTo(60);
    }

    @Test
    void askWhenAwayAndRedisIsSilentThenEndsAfterWhatWasLeftOfItsTime() {
        dispatch();
        pass(30);
        // Due at 40.
        stallLoop(200);
        turn();

        pass(LIMIT - 40 - 1);
        assertThat(ends).isEmpty();
        pass(1);

        assertThat(ends).containsExactly(ErrorCode.UNAVAILABLE.name());
    }

    @Test
    void askWhenItsTimeWasUpAsTheLoopWentAwayThenTheLoopReadsOnceMore() {
        dispatch();
        pass(LIMIT - 1);
        stallLoop(200);
        turn();
        assertThat(ends).isEmpty();

        pass(1);

        assertThat(ends).containsExactly(ErrorCode.UNAVAILABLE.name());
    }

    @Test
    void askWhenAwayAgainAndAgainThenEndsAllTheSame() {
        long start = now.get();
        dispatch();
        while (ends.isEmpty()) {
            stallLoop(50);
            turn();
        }

        assertThat(ends).containsExactly(ErrorCode.UNAVAILABLE.name());
        // Two timeouts, the stall that exceeded them, and two further runs of the task.
        assertThat(Duration.ofNanos(now.get() - start)).isLessThanOrEqualTo(Duration.ofMillis(2 * LIMIT + 3 * 50));
    }

    @Test
    void askWhenAwayBeforeThenItsTimeIsItsOwn() {
        dispatch();
        stallLoop(200);
        dispatch();
        turn();

        pass(LIMIT - 1);
        assertThat(ends).containsExactly(ErrorCode.UNAVAILABLE.name());
        pass(1);

        assertThat(ends).hasSize(2);
    }

    @Test
    void runWhenNothingIsOutstandingThenNotAgain() {
        dispatch();
        reply(0);
        pass(10);

        assertThat(channel.runScheduledPendingTasks()).isEqualTo(-1);
    }

    /** Starts the timeouts of look-ups on the manual event loop, and sends nothing. */
    private final class ManualExecutor implements RedisCommandExecutor {
        @Override
        public RedisClusterReactiveCommands<String, String> commands() {
            throw new UnsupportedOperationException();
        }

        @Override
        public void dispatch(GetTokenCommand lookup) {
            dispatched.add(lookup);
            lookup.startTimeout(deadlines);
        }

        @Override
        public RedisSettings.Timeouts timeouts() {
            return RedisSettings.Timeouts.DEFAULTS;
        }
    }
}
