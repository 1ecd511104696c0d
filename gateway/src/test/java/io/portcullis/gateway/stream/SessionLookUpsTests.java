package io.portcullis.gateway.stream;

import static org.assertj.core.api.Assertions.assertThat;

import io.portcullis.core.session.EndReason;
import io.portcullis.core.session.EndedSession;
import io.portcullis.core.session.SessionLifetime;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Mono;

class SessionLookUpsTests {
    private static final Duration LONG = Duration.ofDays(1);

    private final OpenStreams streams = new OpenStreams();
    private final List<EndedSession> closed = new ArrayList<>();
    private final Clock clock = Clock.fixed(Instant.EPOCH, ZoneOffset.UTC);
    private final SessionLookUps lookUps = new SessionLookUps(streams, closed::add, clock);
    private final Disposable.Composite open = Disposables.composite();

    @AfterEach
    void endStreams() {
        open.dispose();
    }

    private void register(String sessionId) {
        open.add(streams.track(new Admission(sessionId, System.nanoTime()), close -> Mono.never())
                .subscribe());
    }

    private void lookUp(String sessionId, @Nullable EndReason reason, Duration remaining) {
        var lifetime = new SessionLifetime(sessionId, reason, Instant.EPOCH, remaining);
        lookUps.apply(List.of(sessionId), Map.of(sessionId, lifetime), System.nanoTime());
    }

    private SessionStreams session(String id) {
        return Objects.requireNonNull(streams.sessions().get(id));
    }

    /** Returns the time from {@code before} until the session must be looked up. */
    private Duration pause(String id, long before) {
        return Duration.ofNanos(session(id).lookUpAt() - before);
    }

    @Test
    void applyWhenTheSessionLastsLongThenItIsLookedUpAfterAMinuteAtMost() {
        register("a");

        lookUp("a", null, LONG);

        assertThat(closed).isEmpty();
        assertThat(lookUps.due(10)).isEmpty();
        assertThat(session("a").lookUpAt() - System.nanoTime()).isBetween(1L, SessionStreams.MAX_INTERVAL.toNanos());
    }

    @Test
    void applyWhenTheSessionExpiresSoonThenItIsLookedUpNotBeforeItsExpiry() {
        register("a");
        long before = System.nanoTime();

        lookUp("a", null, Duration.ofSeconds(10));

        assertThat(pause("a", before)).isGreaterThanOrEqualTo(Duration.ofSeconds(10));
    }

    @Test
    void applyWhenTheSessionHasJustExpiredThenARefreshMayStillCommit() {
        register("a");
        long before = System.nanoTime();

        lookUp("a", null, SessionLookUps.LATE_REFRESH.negated());

        assertThat(closed).isEmpty();
        assertThat(pause("a", before)).isGreaterThanOrEqualTo(Duration.ofMillis(300));

        lookUp("a", null, SessionLookUps.LATE_REFRESH.negated().minusNanos(1));

        assertThat(closed).containsExactly(new EndedSession("a", EndReason.EXPIRED, Instant.EPOCH));
    }

    @Test
    void applyWhenTheSessionHasEndedThenItIsClosedForItsReason() {
        register("a");

        lookUp("a", EndReason.KICKED, LONG.negated());

        assertThat(closed).containsExactly(new EndedSession("a", EndReason.KICKED, Instant.EPOCH));
        assertThat(lookUps.due(10)).isEmpty();
    }

    @Test
    void applyWhenMySqlDoesNotHaveTheSessionThenItExpiresAfterSeveralRetriesAndNotSooner() {
        register("a");
        for (int i = 1; i < SessionStreams.MAX_MISSING; i++) {
            lookUps.apply(List.of("a"), Map.of(), System.nanoTime());
        }
        // A gap between the polls must not bring the next look-up forward.
        lookUps.requireAll(System.nanoTime());
        assertThat(lookUps.due(10)).isEmpty();
        assertThat(closed).isEmpty();

        lookUps.apply(List.of("a"), Map.of(), System.nanoTime());

        assertThat(closed).containsExactly(new EndedSession("a", EndReason.EXPIRED, clock.instant()));
    }

    @Test
    void dueWhenMoreThanTheLimitThenThoseThatHaveWaitedTheLongestComeFirst() {
        register("b");
        register("a");
        register("c");
        lookUp("b", null, LONG);
        lookUps.requireAll(System.nanoTime());

        assertThat(lookUps.due(10)).containsExactly("a", "c", "b");
        assertThat(lookUps.due(2)).containsExactly("a", "c");
    }

    @Test
    void aliveAtWhenThePollsCoverTheSessionThenItIsTheLastPoll() {
        long admitted = System.nanoTime();
        register("a");
        long poll = System.nanoTime() + LONG.toNanos();
        assertThat(session("a").aliveAt(poll)).as("before its first look-up").isBetween(admitted, poll - 1);

        lookUp("a", null, LONG);
        assertThat(session("a").aliveAt(poll)).isEqualTo(poll);

        session("a").requireLookUp(System.nanoTime(), poll);
        assertThat(session("a").aliveAt(poll + 5_000))
                .as("after a gap between the polls")
                .isEqualTo(poll);
    }

    @Test
    void aliveAtWhenTheRequestWasAdmittedLongAgoThenItIsTheAdmission() {
        long admitted = System.nanoTime() - LONG.toNanos();
        open.add(streams.track(new Admission("a", admitted), close -> Mono.never())
                .subscribe());

        assertThat(session("a").aliveAt(System.nanoTime())).isEqualTo(admitted);
    }
}
