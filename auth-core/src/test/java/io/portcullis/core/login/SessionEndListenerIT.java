package io.portcullis.core.login;

import static org.assertj.core.api.Assertions.assertThat;

import io.portcullis.core.account.TenantScope;
import io.portcullis.core.error.ErrorCode;
import io.portcullis.core.session.EndReason;
import io.portcullis.core.session.EndedSession;
import io.portcullis.core.session.SessionEndListener;
import io.portcullis.core.termination.Actor;
import io.portcullis.core.termination.EndResult;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/** Tests that the listener receives every end of a session, after its commit and before its result. */
@Timeout(180)
class SessionEndListenerIT {
    private static final Actor CALLER = new Actor(null, CoreNode.CLIENT);
    private static final String ENDED = "SELECT COUNT(*) FROM auth_session WHERE ended_at IS NOT NULL AND id = '%s'";

    @AutoClose
    private static CoreCluster cluster;

    @BeforeAll
    static void start() {
        cluster = CoreCluster.start();
    }

    private static LoginResult login() {
        String user = "user-" + UUID.randomUUID();
        cluster.addAccount(user);
        return cluster.node(0).login(user);
    }

    private static void run(Mono<?> call) {
        assertThat(Outcome.of(call).succeeded()).isTrue();
    }

    private static List<EndReason> endsOf(String sessionId) {
        return cluster.node(0).ends().stream()
                .filter(ended -> ended.sessionId().equals(sessionId))
                .map(EndedSession::reason)
                .toList();
    }

    @ParameterizedTest
    @EnumSource(EndReason.class)
    void endWhenForAnyReasonThenTheListenerHasItAtTheResult(EndReason reason) {
        String session = login().sessionId();

        var result = Outcome.of(cluster.node(0).services().terminator().end(session, reason, CALLER));

        assertThat(result.get()).isEqualTo(EndResult.ENDED);
        assertThat(endsOf(session)).containsExactly(reason);
    }

    @Test
    void endWhenAgainThenTheListenerHasTheFirstReasonAgain() {
        String session = login().sessionId();
        var terminator = cluster.node(0).services().terminator();
        run(terminator.end(session, EndReason.KICKED, CALLER));

        assertThat(Outcome.of(terminator.end(session, EndReason.LOGOUT, CALLER)).get())
                .isEqualTo(EndResult.ALREADY_ENDED);

        assertThat(endsOf(session)).containsExactly(EndReason.KICKED, EndReason.KICKED);
    }

    @Test
    void onEndWhenCalledThenTheEndHasCommitted() {
        Queue<Long> seen = new ConcurrentLinkedQueue<>();
        SessionEndListener listener =
                ended -> Mono.fromRunnable(() -> seen.add(cluster.sql().number(ENDED.formatted(ended.sessionId()))))
                        .subscribeOn(Schedulers.boundedElastic())
                        .then();
        String session = login().sessionId();

        run(cluster.node(0).services(listener).terminator().end(session, EndReason.LOGOUT, CALLER));

        assertThat(seen).containsExactly(1L);
    }

    @Test
    void refreshWhenReusedThenTheListenerHasIt() {
        LoginResult first = login();
        RefreshService refresh = cluster.node(0).services().refresh();
        run(refresh.refresh(first.tokens().refresh().value(), CoreNode.CLIENT));
        cluster.clock().advance(CoreCluster.LIFETIMES.grace().plusSeconds(1));

        var reused = Outcome.of(refresh.refresh(first.tokens().refresh().value(), CoreNode.CLIENT));

        assertThat(reused.error()).isEqualTo(ErrorCode.SESSION_REUSE);
        assertThat(endsOf(first.sessionId())).containsExactly(EndReason.REUSE);
    }

    @Test
    void endExpiredWhenInATransactionOfTheCallerThenTheListenerHasItAfterThatTransaction() {
        String session = login().sessionId();
        var terminator = cluster.node(0).services().terminator();
        Mono<List<EndReason>> inside =
                terminator.endExpired(session, Mono::just).then(Mono.fromSupplier(() -> endsOf(session)));

        assertThat(cluster.node(0).transactions().execute(inside).block(Duration.ofSeconds(20)))
                .isEmpty();
        assertThat(endsOf(session)).containsExactly(EndReason.EXPIRED);
    }

    @Test
    void logoutWhenMySqlDoesNotKnowTheSessionThenTheListenerHasIt() {
        LoginResult result = login();
        cluster.sql().update("DELETE FROM auth_session WHERE id = '" + result.sessionId() + "'");

        run(cluster.node(0).services().logout().logout(result.tokens().access().value(), CoreNode.CLIENT));

        assertThat(endsOf(result.sessionId())).containsExactly(EndReason.LOGOUT);
    }

    @Test
    void endAllAfterWhenTheChangeFailsThenTheListenerHasNothing() {
        LoginResult result = login();
        var terminator = cluster.node(0).services().terminator();
        Mono<Void> failing = Mono.error(new IllegalStateException("change"));

        assertThat(terminator
                        .endAllAfter(failing, result.userId(), null, EndReason.ACCOUNT_DISABLED, CALLER)
                        .thenReturn("done")
                        .onErrorReturn(IllegalStateException.class, "failed")
                        .block(Duration.ofSeconds(20)))
                .isEqualTo("failed");

        assertThat(endsOf(result.sessionId())).isEmpty();
        run(terminator.endAllAfter(Mono.just("change"), result.userId(), null, EndReason.ACCOUNT_DISABLED, CALLER));
        assertThat(endsOf(result.sessionId())).containsExactly(EndReason.ACCOUNT_DISABLED);
    }

    /** If each end waited for its own call, for a second, the limit would be exceeded. */
    @Test
    void endAllOfWhenTheListenerHangsThenAllEndsWaitTogether() {
        int count = 15;
        String user = "user-" + UUID.randomUUID();
        cluster.addAccount(user);
        LoginResult login = cluster.node(0).login(user);
        for (int i = 1; i < count; i++) {
            assertThat(cluster.node(0).login(user).userId()).isEqualTo(login.userId());
        }
        SessionEndListener hanging = ended -> Mono.never();

        Integer ended = cluster.node(0)
                .services(hanging)
                .terminator()
                .endAllOf(login.userId(), TenantScope.ALL, EndReason.KICKED, CALLER)
                .block(Duration.ofSeconds(14));

        assertThat(ended).isEqualTo(count);
    }

    @Test
    void endWhenTheListenerFailsOrHangsThenItEndsAllTheSame() {
        for (SessionEndListener listener : List.<SessionEndListener>of(
                ended -> Mono.error(new IllegalStateException("listener")), ended -> Mono.never(), ended -> {
                    throw new IllegalStateException("listener");
                })) {
            String session = login().sessionId();

            var result =
                    Outcome.of(cluster.node(0).services(listener).terminator().end(session, EndReason.LOGOUT, CALLER));

            assertThat(result.get()).isEqualTo(EndResult.ENDED);
            assertThat(cluster.sql().number(ENDED.formatted(session))).isEqualTo(1);
        }
    }
}
