package io.portcullis.core.login;

import static org.assertj.core.api.Assertions.assertThat;

import io.portcullis.core.account.TenantScope;
import io.portcullis.core.error.ErrorCode;
import io.portcullis.core.event.EventRecordingSessionRepository;
import io.portcullis.core.r2dbc.R2dbcSessionEventOutbox;
import io.portcullis.core.session.ClientInfo;
import io.portcullis.core.session.EndReason;
import io.portcullis.core.termination.Actor;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Tests that each opening and each end has exactly one event while logins, evictions and kicks of one user race on two nodes, of which
 * some are refused and rolled back.
 */
class SessionEventRaceIT {
    private static final int LOGINS = 30;
    private static final int MAX = 3;
    private static final Duration SPREAD = Duration.ofMillis(300);
    private static final Actor ADMIN = new Actor("root", CoreNode.CLIENT);

    @AutoClose
    private static CoreCluster cluster;

    @BeforeAll
    static void start() {
        cluster = CoreCluster.start();
    }

    private static AuthServices services(CoreNode node, WhenFull whenFull) {
        return node.servicesWith()
                .limits(new SessionLimits(MAX, whenFull, Set.of()))
                .sessions(sessions -> new EventRecordingSessionRepository(
                        sessions,
                        new R2dbcSessionEventOutbox(
                                node.database(), () -> UUID.randomUUID().toString())))
                .build();
    }

    private static LoginRequest request(String user, int number) {
        return new LoginRequest(
                user, CoreCluster.PASSWORD, new ClientInfo("198.51.100." + number, "test", "app", null));
    }

    @ParameterizedTest
    @EnumSource
    void sessionsWhenLoginsEvictionsAndKicksRaceThenOneEventForEachOpeningAndEnd(WhenFull whenFull) {
        String user = "user-" + whenFull;
        cluster.addAccount(user);
        List<AuthServices> nodes =
                cluster.nodes().stream().map(node -> services(node, whenFull)).toList();
        String userId =
                Outcome.of(nodes.get(0).login().login(request(user, 0))).get().userId();
        List<CompletableFuture<? extends Outcome<?>>> calls = new ArrayList<>();
        for (int i = 1; i <= LOGINS; i++) {
            AuthServices node = nodes.get(i % nodes.size());
            calls.add(Race.begin(node.login().login(request(user, i)), SPREAD));
            calls.add(Race.begin(node.terminator().endAllOf(userId, TenantScope.ALL, EndReason.KICKED, ADMIN), SPREAD));
        }

        calls.forEach(
                call -> assertThat(call.join().error()).isIn(null, ErrorCode.TOO_MANY_SESSIONS, ErrorCode.UNAVAILABLE));

        assertThat(sessionsWithout("session-opened", "1", userId)).isZero();
        assertThat(sessionsWithout("session-ended", "(s.ended_at IS NOT NULL)", userId))
                .isZero();
        assertThat(cluster.sql()
                        .number(
                                "SELECT COUNT(*) FROM session_event e LEFT JOIN auth_session s ON s.id = e.session_id"
                                        + " WHERE e.user_id = ? AND s.id IS NULL",
                                userId))
                .isZero();
        assertThat(cluster.sql()
                        .number(
                                "SELECT COUNT(*) FROM session_event WHERE user_id = ? AND type = 'session-ended'",
                                userId))
                .isPositive();
    }

    /** Returns the number of sessions whose number of events of the type is another one. */
    private static long sessionsWithout(String type, String number, String userId) {
        return cluster.sql()
                .number(
                        "SELECT COUNT(*) FROM auth_session s WHERE s.user_id = ? AND " + number
                                + " <> (SELECT COUNT(*) FROM session_event e WHERE e.session_id = s.id AND e.type = ?)",
                        userId,
                        type);
    }
}
