package io.portcullis.core.termination;

import static org.assertj.core.api.Assertions.assertThat;

import io.portcullis.core.error.PortcullisException;
import io.portcullis.core.session.ClientInfo;
import io.portcullis.core.session.EndReason;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;
import reactor.test.scheduler.VirtualTimeScheduler;

class UnconfirmedEndsTests {
    private static final SessionEnd KICK = new SessionEnd(
            EndReason.KICKED, new Actor("root", new ClientInfo("203.0.113.7", null, null, null)), "log-1", null);
    private static final Duration OUTAGE = Duration.ofMinutes(10);

    private final VirtualTimeScheduler time = VirtualTimeScheduler.getOrSet();
    private final List<String> attempts = new ArrayList<>();
    private final Set<String> unreachable = new HashSet<>(Set.of("a", "b", "c"));
    private final UnconfirmedEnds ends = new UnconfirmedEnds(this::end, 2, () -> time.now(TimeUnit.NANOSECONDS));

    private Mono<EndResult> end(String sessionId, SessionEnd end) {
        attempts.add(sessionId);
        return unreachable.contains(sessionId)
                ? Mono.error(PortcullisException.storeUnavailable("MySQL", null))
                : Mono.just(EndResult.ENDED);
    }

    @AfterEach
    void stop() {
        ends.close();
        VirtualTimeScheduler.reset();
    }

    @Test
    void retryWhenMySqlIsBackAfterMinutesThenConfirmedWithinThirtySeconds() {
        ends.retry("a", KICK);
        time.advanceTimeBy(OUTAGE);
        assertThat(ends.count()).isEqualTo(1);

        unreachable.clear();
        time.advanceTimeBy(Duration.ofSeconds(31));

        assertThat(ends.count()).isZero();
        int confirmed = attempts.size();
        time.advanceTimeBy(OUTAGE);
        assertThat(attempts).hasSize(confirmed);
    }

    @Test
    void retryWhenMySqlIsDownThenThePausesGrowToThirtySeconds() {
        ends.retry("a", KICK);
        time.advanceTimeBy(OUTAGE);
        int before = attempts.size();
        time.advanceTimeBy(OUTAGE);

        assertThat(before).isLessThanOrEqualTo(30);
        assertThat(attempts.size() - before).isBetween(19, 21);
    }

    @Test
    void retryWhenTheSameSessionFailsAgainThenOneRetry() {
        ends.retry("a", KICK);
        time.advanceTimeBy(OUTAGE);
        int before = attempts.size();
        ends.retry("a", KICK);
        time.advanceTimeBy(OUTAGE);

        assertThat(ends.count()).isEqualTo(1);
        assertThat(attempts.size() - before).isBetween(19, 21);
    }

    @Test
    void retryWhenOneSessionKeepsFailingThenAnotherIsConfirmedAtOnce() {
        ends.retry("a", KICK);
        time.advanceTimeBy(OUTAGE);
        unreachable.remove("b");
        ends.retry("b", KICK);
        time.advanceTimeBy(Duration.ofMillis(100));

        assertThat(attempts).endsWith("b");
        assertThat(ends.count()).isEqualTo(1);
    }

    /** Attempts that take longer than the longest pause are always due again. */
    @Test
    void retryWhenAttemptsHangThenEachSessionHasItsTurn() {
        var hanging = new UnconfirmedEnds(
                (sessionId, end) -> Mono.delay(Duration.ofSeconds(40)).then(end(sessionId, end)),
                3,
                () -> time.now(TimeUnit.NANOSECONDS));
        hanging.retry("a", KICK);
        hanging.retry("b", KICK);
        hanging.retry("c", KICK);
        time.advanceTimeBy(OUTAGE);
        hanging.close();

        assertThat(attempts).startsWith("a", "b", "c", "a", "b", "c");
    }

    @Test
    void retryWhenTooManySessionsWaitThenTheOldestIsDropped() {
        ends.retry("a", KICK);
        ends.retry("b", KICK);
        ends.retry("c", KICK);
        assertThat(ends.dropped()).isEqualTo(1);
        attempts.clear();
        unreachable.clear();
        time.advanceTimeBy(Duration.ofSeconds(31));

        assertThat(attempts).containsExactlyInAnyOrder("b", "c");
        assertThat(ends.count()).isZero();
    }

    @Test
    void retryNowWhenEndsWaitThenAttemptedWithoutTheirPause() {
        ends.retry("a", KICK);
        time.advanceTimeBy(OUTAGE);
        unreachable.clear();
        ends.retryNow();
        time.advanceTimeBy(Duration.ofMillis(100));

        assertThat(ends.count()).isZero();
    }

    /** The worker ends when no session is left, and a later failure starts it again. */
    @Test
    void retryWhenAnEndFailsAfterAllWereConfirmedThenRetried() {
        unreachable.clear();
        ends.retry("a", KICK);
        assertThat(ends.count()).isZero();
        ends.retry("a", KICK);

        assertThat(ends.count()).isZero();
        assertThat(attempts).containsExactly("a", "a");
    }

    @Test
    void closeWhenEndsWaitThenNoFurtherAttempt() {
        ends.retry("a", KICK);
        ends.close();
        attempts.clear();
        time.advanceTimeBy(OUTAGE);

        assertThat(attempts).isEmpty();
    }
}
