package io.portcullis.core.login;

import static org.assertj.core.api.Assertions.assertThat;

import io.portcullis.core.error.ErrorCode;
import io.portcullis.core.retention.Janitor;
import io.portcullis.core.retention.RetentionKind;
import io.portcullis.core.retention.RetentionSettings;
import io.portcullis.testbed.Await;
import io.portcullis.testbed.Testbed;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Tests the janitor under the load of many clients, and a janitor that is killed during a run. */
@Timeout(180)
class JanitorStormIT {
    private static final int CLIENTS = 8;
    private static final int STEPS = 80;
    private static final int STEPS_TO_A_REST = 10;
    private static final int BATCH = 11;
    private static final int EXPIRED = 300;

    /**
     * Longer than grace and than the lifetime and retention of an access token, so every token spent before it may be
     * removed.
     */
    private static final Duration REST = Duration.ofMinutes(45);

    private static final RetentionSettings SETTINGS = JanitorIT.settings(BATCH, Duration.ofMinutes(10));

    private CoreCluster cluster;

    @BeforeEach
    void start() {
        cluster = CoreCluster.start();
        cluster.addAccount("alice");
    }

    @AfterEach
    void stop() {
        cluster.close();
    }

    /** A client, with the session that it believes to have. */
    private final class Client {
        private final int number;
        private final List<String> failures = new ArrayList<>();
        private LoginResult login;
        private int unknown;
        private int rests;

        Client(int number) {
            this.number = number;
            this.login = login(cluster.node(number));
        }

        void work() {
            for (int step = 0; step < STEPS && failures.isEmpty(); step++) {
                step(cluster.node(ThreadLocalRandom.current().nextInt(2)));
                if (step % STEPS_TO_A_REST == 0) {
                    rest(cluster.node(step));
                }
            }
        }

        /** Waits until the janitor has run, which must happen despite the load of the other clients. */
        private void rest(CoreNode node) {
            if (refresh(node)) {
                rests++;
            }
            cluster.clock().advance(REST);
            Await.until("the janitor removes what client " + number + " has spent", () -> spent() == 0);
        }

        private long spent() {
            return cluster.sql()
                    .number(
                            "SELECT (SELECT COUNT(*) FROM refresh_token"
                                    + " WHERE session_id = ? AND sealed_successor IS NOT NULL)"
                                    + " + (SELECT COUNT(*) FROM access_token"
                                    + " WHERE session_id = ? AND superseded_at IS NOT NULL)",
                            login.sessionId(),
                            login.sessionId());
        }

        private void step(CoreNode node) {
            if (ThreadLocalRandom.current().nextInt(10) == 0) {
                logout(node);
            } else {
                boolean unused = refresh(node);
            }
        }

        private void logout(CoreNode node) {
            var error = node.logout(login.tokens().access()).error();
            if (error == null && node.refresh(login.tokens().refresh()).succeeded()) {
                failures.add("a refresh after the logout of client " + number);
            }
            note("logout", error);
            login = login(node);
        }

        private LoginResult login(CoreNode node) {
            for (var attempt = node.login("alice", CoreCluster.PASSWORD); ; ) {
                if (attempt.succeeded()) {
                    return attempt.get();
                }
                note("login", attempt.error());
                attempt = node.login("alice", CoreCluster.PASSWORD);
            }
        }

        /** Returns whether the call succeeded. */
        private boolean refresh(CoreNode node) {
            var next = node.refresh(login.tokens().refresh());
            note("refresh", next.error());
            login = next.succeeded() ? next.get() : login(node);
            return next.succeeded();
        }

        /** Starts a new session, because the outcome of the call is unknown. */
        private void note(String what, @Nullable ErrorCode error) {
            if (error == ErrorCode.UNAVAILABLE) {
                unknown++;
            } else if (error != null) {
                failures.add(what + " of client " + number + ": " + error);
            }
        }
    }

    @Test
    void stormWhenTheJanitorWorksAllTheTimeThenNothingFailsAndNothingIsLost() {
        List<Client> clients = new ArrayList<>();
        for (int i = 0; i < CLIENTS; i++) {
            clients.add(new Client(i));
        }
        long deadlocks = deadlocks();
        var over = new AtomicBoolean();
        Queue<String> failedRuns = new ConcurrentLinkedQueue<>();
        var janitor = cluster.node(1).janitor(SETTINGS, cluster.clock(), UnaryOperator.identity());
        var cleaning = CompletableFuture.runAsync(
                () -> {
                    while (!over.get()) {
                        var error = Outcome.of(janitor.run()).error();
                        if (error != null) {
                            failedRuns.add(error.toString());
                        }
                    }
                },
                Race.threads());
        CompletableFuture<?>[] working = clients.stream()
                .map(client -> CompletableFuture.runAsync(client::work, Race.threads()))
                .toArray(CompletableFuture[]::new);
        CompletableFuture.allOf(working).join();
        over.set(true);
        cleaning.join();

        // A stall of the machine for longer than the timeouts may fail the calls in progress: one of each client, and
        // one run. The test allows one such stall and no other failure.
        int unknown = clients.stream().mapToInt(client -> client.unknown).sum();
        assertThat(unknown).as("of unknown outcome").isLessThanOrEqualTo(CLIENTS);
        assertThat(failedRuns).hasSizeLessThanOrEqualTo(1);
        assertThat(deadlocks()).as("deadlocks").isEqualTo(deadlocks);
        for (var client : clients) {
            assertThat(client.failures).isEmpty();
            assertThat(cluster.node(0).refresh(client.login.tokens().refresh()).error())
                    .isNull();
        }
        // Each rest left at least one row of both kinds. A failed run may not have counted its last batch.
        int rests = clients.stream().mapToInt(client -> client.rests).sum() - BATCH * failedRuns.size();
        assertThat(rests).isGreaterThanOrEqualTo(CLIENTS * STEPS / STEPS_TO_A_REST - CLIENTS - BATCH);
        assertThat(janitor.counters().removed(RetentionKind.ACCESS_TOKEN)).isGreaterThanOrEqualTo(rests);
        assertThat(janitor.counters().removed(RetentionKind.SEALED_SUCCESSOR)).isGreaterThanOrEqualTo(rests);
        assertThat(janitor.counters().expiredSessions()).isZero();
        assertNothingIsLeftBut(
                cluster.sql().number("SELECT COUNT(*) FROM auth_session WHERE ended_at IS NULL"), janitor);
        assertThat(cluster.sql().number("SELECT COUNT(*) FROM auth_session WHERE ended_at IS NULL"))
                .isBetween((long) CLIENTS, (long) CLIENTS + unknown);
    }

    /** A run after the load has ended keeps the current tokens. */
    private void assertNothingIsLeftBut(long liveSessions, Janitor janitor) {
        cluster.clock().advance(REST);
        assertThat(Outcome.of(janitor.run()).error()).isNull();
        assertThat(cluster.sql().number("SELECT COUNT(*) FROM access_token")).isEqualTo(liveSessions);
        assertThat(cluster.sql().number("SELECT COUNT(*) FROM refresh_token WHERE used_at IS NULL"))
                .isEqualTo(liveSessions);
        assertThat(cluster.sql().number("SELECT COUNT(*) FROM refresh_token WHERE sealed_successor IS NOT NULL"))
                .isZero();
        assertThat(cluster.sql().number("SELECT COUNT(*) FROM revoked_token")).isZero();
    }

    /** Returns the number of deadlocks of the server, because the retries hide them from the callers. */
    private long deadlocks() {
        return cluster.sql()
                .number("SELECT `COUNT` FROM information_schema.innodb_metrics WHERE name = 'lock_deadlocks'");
    }

    @Test
    void runWhenKilledThenAnotherNodeFinishesOnceTheLeaseHasRunOut() throws Exception {
        for (int i = 0; i < EXPIRED; i++) {
            assertThat(cluster.node(i).login("alice")).isNotNull();
        }
        cluster.clock().advance(CoreCluster.LIFETIMES.refresh().plus(Duration.ofHours(1)));
        var live = cluster.node(0).login("alice");
        var server = Testbed.shared().database();
        var process = JanitorProcess.start(
                cluster.url(),
                server.username(),
                server.password(),
                cluster.clock().instant());
        try {
            Await.until("it is at work", () -> ended() > 10);
        } finally {
            process.destroyForcibly();
        }
        assertThat(process.waitFor()).isEqualTo(137);
        assertThat(ended()).as("killed in mid-run").isLessThan(EXPIRED);
        assertWhole();

        var janitor = cluster.node(0).janitor(JanitorIT.settings(50), cluster.clock(), UnaryOperator.identity());
        Await.until("the lease runs out", () -> {
            assertThat(Outcome.of(janitor.run()).error()).isNull();
            return ended() == EXPIRED;
        });
        assertWhole();
        assertThat(cluster.sql().number("SELECT COUNT(*) FROM login_log WHERE type = 'EXPIRED'"))
                .isEqualTo(EXPIRED);
        assertThat(cluster.node(1).refresh(live.tokens().refresh()).succeeded()).isTrue();
    }

    private long ended() {
        return cluster.sql().number("SELECT COUNT(*) FROM auth_session WHERE end_reason = 'EXPIRED'");
    }

    /**
     * Asserts that each session either has its tokens and has not ended, or has no tokens, has ended and has exactly
     * one log entry of its end.
     */
    private void assertWhole() {
        assertThat(cluster.sql().texts("""
                        SELECT s.id FROM auth_session s WHERE NOT (
                            (s.ended_at IS NULL) = EXISTS (SELECT 1 FROM refresh_token t WHERE t.session_id = s.id)
                            AND (s.ended_at IS NULL) = EXISTS (SELECT 1 FROM access_token t WHERE t.session_id = s.id)
                            AND (SELECT COUNT(*) FROM login_log l WHERE l.session_id = s.id AND l.type = 'EXPIRED')
                                = (s.ended_at IS NOT NULL))""")).isEmpty();
    }
}
