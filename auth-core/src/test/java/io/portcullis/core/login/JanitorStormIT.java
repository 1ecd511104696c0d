package io.portcullis.core.login;

import static org.assertj.core.api.Assertions.assertThat;

import io.portcullis.core.error.ErrorCode;
import io.portcullis.core.retention.ExpiredRow;
import io.portcullis.testbed.Testbed;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The janitor among clients that are hard at work, and a janitor that is killed at its work. */
@Timeout(180)
class JanitorStormIT {
    private static final int CLIENTS = 8;
    private static final int STEPS = 80;
    private static final int EXPIRED = 300;

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

    /** One client: the session that it believes it has. */
    private final class Client {
        private final int number;
        private final List<String> failures = new ArrayList<>();
        private LoginResult login;
        private int unknown;

        Client(int number) {
            this.number = number;
            this.login = login(cluster.node(number));
        }

        void work() {
            for (int step = 0; step < STEPS && failures.isEmpty(); step++) {
                step(cluster.node(ThreadLocalRandom.current().nextInt(2)));
            }
        }

        private void step(CoreNode node) {
            if (ThreadLocalRandom.current().nextInt(10) == 0) {
                logout(node);
            } else {
                refresh(node);
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

        private void refresh(CoreNode node) {
            var next = node.refresh(login.tokens().refresh());
            note("refresh", next.error());
            login = next.succeeded() ? next.get() : login(node);
        }

        /** A busy machine may be late for once: the outcome is unknown then, and the client begins anew. */
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
        var over = new AtomicBoolean();
        var runs = new AtomicInteger();
        Queue<String> failedRuns = new ConcurrentLinkedQueue<>();
        var janitor = cluster.node(1).janitor(JanitorIT.settings(11), cluster.clock(), UnaryOperator.identity());
        var cleaning = CompletableFuture.runAsync(
                () -> {
                    while (!over.get()) {
                        // So fast that most of what a client leaves behind is removed while it goes on.
                        cluster.clock().advance(Duration.ofMinutes(runs.get() < 1_000 ? 20 : 0));
                        var error = Outcome.of(janitor.run()).error();
                        if (error != null) {
                            failedRuns.add(error.toString());
                        }
                        runs.incrementAndGet();
                    }
                },
                Race.threads());
        CompletableFuture<?>[] working = clients.stream()
                .map(client -> CompletableFuture.runAsync(client::work, Race.threads()))
                .toArray(CompletableFuture[]::new);
        CompletableFuture.allOf(working).join();
        over.set(true);
        cleaning.join();

        int unknown = clients.stream().mapToInt(client -> client.unknown).sum();
        assertThat(unknown).as("of unknown outcome").isLessThan(CLIENTS * STEPS / 10);
        assertThat(failedRuns).hasSizeLessThan(runs.get() / 10 + 2);
        for (var client : clients) {
            assertThat(client.failures).isEmpty();
            assertThat(cluster.node(0).refresh(client.login.tokens().refresh()).error())
                    .isNull();
        }
        assertThat(runs).hasPositiveValue();
        assertThat(janitor.counters().removed(ExpiredRow.ACCESS_TOKEN)).isPositive();
        assertThat(janitor.counters().removed(ExpiredRow.SEALED_SUCCESSOR)).isPositive();
        assertThat(janitor.counters().expiredSessions()).isZero();
        assertThat(cluster.sql().number("SELECT COUNT(*) FROM auth_session WHERE ended_at IS NULL"))
                .isBetween((long) CLIENTS, (long) CLIENTS + unknown);
    }

    @Test
    void runWhenKilledThenWholeRowsAreLeftAndAnotherNodeFinishesOnceTheLeaseHasRunOut() throws Exception {
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
            Race.await("it is at work", () -> ended() > 10);
        } finally {
            process.destroyForcibly();
        }
        assertThat(process.waitFor()).isEqualTo(137);
        assertThat(ended()).as("killed in mid-run").isLessThan(EXPIRED);
        assertWhole();

        var janitor = cluster.node(0).janitor(JanitorIT.settings(50), cluster.clock(), UnaryOperator.identity());
        Race.await("the lease runs out", () -> {
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

    /** Each session either has its tokens and has not ended, or has none, has ended, and the log says so once. */
    private void assertWhole() {
        assertThat(cluster.sql().texts("""
                        SELECT s.id FROM auth_session s WHERE NOT (
                            (s.ended_at IS NULL) = EXISTS (SELECT 1 FROM refresh_token t WHERE t.session_id = s.id)
                            AND (s.ended_at IS NULL) = EXISTS (SELECT 1 FROM access_token t WHERE t.session_id = s.id)
                            AND (SELECT COUNT(*) FROM login_log l WHERE l.session_id = s.id AND l.type = 'EXPIRED')
                                = (s.ended_at IS NOT NULL))""")).isEmpty();
    }
}
