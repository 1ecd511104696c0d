package io.portcullis.core.login;

import static org.assertj.core.api.Assertions.assertThat;

import io.portcullis.core.account.TenantScope;
import io.portcullis.core.session.EndReason;
import io.portcullis.core.termination.Actor;
import io.portcullis.testbed.Await;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;

/** Tests kicks of a user who logs in and refreshes concurrently: earlier tokens are revoked, later ones are valid. */
class KickRaceIT {
    private static final int ROUNDS = 15;
    private static final int SESSIONS = 5;
    private static final Actor ADMIN = new Actor("root", CoreNode.CLIENT);

    @AutoClose
    private static CoreCluster cluster;

    @BeforeAll
    static void start() {
        cluster = CoreCluster.start();
    }

    @Test
    void kickWhenTheUserLogsInMeanwhileThenExactlyTheOlderSessionsAreDead() {
        for (int round = 0; round < ROUNDS; round++) {
            new Round("user" + round, round).run();
        }
    }

    /** The tokens that the user got and when; times are {@link System#nanoTime()}. */
    private record CompletedCall(LoginResult result, long begun, long completed) {}

    private static final class Round {
        private final String user;
        private final int number;
        private final Queue<CompletedCall> calls = new ConcurrentLinkedQueue<>();
        private final Queue<CompletedCall> refreshed = new ConcurrentLinkedQueue<>();
        private final AtomicBoolean done = new AtomicBoolean();

        Round(String user, int number) {
            this.user = user;
            this.number = number;
        }

        void run() {
            cluster.addAccount(user);
            for (int i = 0; i < SESSIONS; i++) {
                login(i);
            }
            List<CompletableFuture<?>> busy = new ArrayList<>();
            for (var session : List.copyOf(calls)) {
                busy.add(CompletableFuture.runAsync(() -> keepRefreshing(session), Race.threads()));
            }
            for (int i = 0; i < 2; i++) {
                int node = i;
                busy.add(CompletableFuture.runAsync(() -> keepLoggingIn(node), Race.threads()));
            }
            Await.until("a login and a refresh under load", () -> calls.size() > SESSIONS + 1 && !refreshed.isEmpty());
            long called = System.nanoTime();
            var ended = Race.begin(kick(), Duration.ofMillis(2)).join().get();
            long completed = System.nanoTime();
            login(number);
            done.set(true);
            busy.forEach(CompletableFuture::join);
            assertThat(ended).isGreaterThanOrEqualTo(SESSIONS);
            verify(called, completed);
        }

        private Mono<Integer> kick() {
            return cluster.node(number)
                    .services()
                    .terminator()
                    .endAllOf(user, TenantScope.ALL, EndReason.KICKED, ADMIN);
        }

        private void verify(long called, long completed) {
            var before = calls.stream().filter(a -> a.completed() <= called).toList();
            var after = calls.stream().filter(a -> a.begun() >= completed).toList();
            assertThat(after).isNotEmpty();
            before.forEach(call -> assertDead(call.result()));
            var sessions = before.stream().map(a -> a.result().sessionId()).toList();
            refreshed.stream()
                    .map(CompletedCall::result)
                    .filter(result -> sessions.contains(result.sessionId()))
                    .forEach(this::assertDead);
            for (var call : after) {
                cluster.assertEverywhere(call.result().tokens().access(), null);
            }
        }

        private void assertDead(LoginResult result) {
            for (var node : cluster.nodes()) {
                assertThat(node.check(result.tokens().access()).error())
                        .as("access token, round %d", number)
                        .isNotNull();
                assertThat(node.refresh(result.tokens().refresh()).error())
                        .as("refresh token, round %d", number)
                        .isNotNull();
            }
        }

        private void login(int node) {
            long begun = System.nanoTime();
            calls.add(new CompletedCall(cluster.node(node).login(user), begun, System.nanoTime()));
        }

        private void keepLoggingIn(int node) {
            while (!done.get()) {
                login(node);
            }
        }

        private void keepRefreshing(CompletedCall session) {
            var current = session.result().tokens();
            for (int i = 0; !done.get(); i++) {
                long begun = System.nanoTime();
                var next = cluster.node(i).refresh(current.refresh());
                if (!next.succeeded()) {
                    return;
                }
                refreshed.add(new CompletedCall(next.get(), begun, System.nanoTime()));
                current = next.get().tokens();
            }
        }
    }
}
