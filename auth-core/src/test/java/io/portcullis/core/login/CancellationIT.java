package io.portcullis.core.login;

import static org.assertj.core.api.Assertions.assertThat;

import io.portcullis.core.account.TenantScope;
import io.portcullis.core.session.EndReason;
import io.portcullis.core.termination.Actor;
import io.portcullis.testbed.Await;
import io.portcullis.testbed.InnoDbTransactions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.IntConsumer;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;

/**
 * Tests clients that disconnect at any moment: work that has started finishes, and no connection stays in a
 * transaction.
 */
class CancellationIT {
    private static final int ROUNDS = 4;
    private static final int LAST_MILLIS = 60;
    private static final int STEP_MILLIS = 2;
    private static final int WRITERS = 60;

    @AutoClose
    private static CoreCluster cluster;

    @BeforeAll
    static void start() {
        cluster = CoreCluster.start();
        cluster.addAccount("alice");
    }

    @Test
    void logoutWhenTheClientHangsUpThenItFinishesAllTheSame() {
        forEachMoment(millis -> {
            var login = cluster.node(0).login("alice");
            cancel(cluster.node(0).loggingOut(login.tokens().access()), millis);

            Await.until("the session ends", () -> !live(login.sessionId()));
            assertDead(login);
        });
        assertConnectionsAreClean();
    }

    @Test
    void refreshWhenTheClientHangsUpThenItFinishesAndTheAnswerCanBeHadAgain() {
        forEachMoment(millis -> {
            var login = cluster.node(0).login("alice");
            cancel(cluster.node(0).refreshing(login.tokens().refresh()), millis);

            Await.until(
                    "the old refresh token is spent",
                    () -> cluster.sql()
                                    .number(
                                            "SELECT COUNT(*) FROM refresh_token WHERE used_at IS NOT NULL"
                                                    + " AND session_id = ?",
                                            login.sessionId())
                            == 1);
            var again = cluster.node(1).refresh(login.tokens().refresh()).get();
            assertThat(cluster.liveRefreshTokens(login.sessionId())).isEqualTo(1);
            assertThat(cluster.liveAccessTokens(login.sessionId())).isEqualTo(1);
            cluster.assertEverywhere(again.tokens().access(), null);
        });
        assertConnectionsAreClean();
    }

    @Test
    void loginWhenTheClientHangsUpThenItIsWhollyDoneOrNot() {
        cluster.addAccount("carl");
        forEachMoment(millis -> cancel(
                cluster.node(0)
                        .services()
                        .login()
                        .login(new LoginRequest("carl", CoreCluster.PASSWORD, CoreNode.CLIENT)),
                millis));
        assertConnectionsAreClean();
        var sessions = cluster.sql().number("SELECT COUNT(*) FROM auth_session WHERE user_id = 'carl'");
        assertThat(sessions).isPositive();
        for (var table : List.of("access_token t", "refresh_token t", "login_log t")) {
            assertThat(cluster.sql()
                            .number("SELECT COUNT(*) FROM " + table
                                    + " JOIN auth_session s ON s.id = t.session_id WHERE s.user_id = 'carl'"))
                    .as(table)
                    .isEqualTo(sessions);
        }
    }

    @Test
    void kickWhenTheAdministratorHangsUpThenNoSessionIsLeft() {
        var actor = new Actor("root", CoreNode.CLIENT);
        for (int millis = 0; millis <= 20; millis += STEP_MILLIS) {
            var user = "victim" + millis;
            cluster.addAccount(user);
            var sessions = List.of(
                    cluster.node(0).login(user),
                    cluster.node(1).login(user),
                    cluster.node(0).login(user));
            cancel(
                    cluster.node(0).services().terminator().endAllOf(user, TenantScope.ALL, EndReason.KICKED, actor),
                    millis);

            Await.until("all sessions end", () -> sessions.stream().noneMatch(login -> live(login.sessionId())));
            sessions.forEach(CancellationIT::assertDead);
        }
        assertConnectionsAreClean();
    }

    /** Runs the call and cancels its subscription after this time. */
    private static void cancel(Mono<?> call, int millis) {
        assertThat(call.then(Mono.just("answered"))
                        .timeout(Duration.ofMillis(millis), Mono.just("gone"))
                        .block())
                .isIn("answered", "gone");
    }

    private static void forEachMoment(IntConsumer test) {
        for (int round = 0; round < ROUNDS; round++) {
            for (int millis = 0; millis <= LAST_MILLIS; millis += STEP_MILLIS) {
                test.accept(millis);
            }
        }
    }

    private static boolean live(String sessionId) {
        return cluster.sql().number("SELECT COUNT(*) FROM auth_session WHERE ended_at IS NULL AND id = ?", sessionId)
                > 0;
    }

    private static void assertDead(LoginResult login) {
        cluster.nodes().forEach(node -> {
            assertThat(node.check(login.tokens().access()).error()).isNotNull();
            assertThat(node.refresh(login.tokens().refresh()).error()).isNotNull();
        });
        assertThat(cluster.liveRefreshTokens(login.sessionId())).isZero();
        assertThat(cluster.liveAccessTokens(login.sessionId())).isZero();
    }

    /**
     * Asserts that no transaction is left open and that a write through every connection of the pool is visible to
     * others.
     */
    private static void assertConnectionsAreClean() {
        Await.until("all transactions end", () -> cluster.nodes().stream().allMatch(node -> node.inFlight() == 0));
        Await.until(
                "no transaction is open",
                InnoDbTransactions.fresh(
                        () -> cluster.sql().number("SELECT COUNT(*) FROM information_schema.innodb_trx") == 0));
        // A slow machine may turn writers away. A connection that is held for ever turns one away in each round.
        Await.until("every writer is served", CancellationIT::writersAreServed);
    }

    private static boolean writersAreServed() {
        var login = new LoginRequest("alice", CoreCluster.PASSWORD, CoreNode.CLIENT);
        List<CompletableFuture<Outcome<LoginResult>>> writers = new ArrayList<>();
        for (int i = 0; i < WRITERS; i++) {
            writers.add(Race.begin(cluster.node(0).services().login().login(login), Duration.ZERO));
        }
        var outcomes = writers.stream().map(CompletableFuture::join).toList();
        var served = outcomes.stream().filter(Outcome::succeeded).toList();
        assertThat(served).allMatch(outcome -> live(outcome.get().sessionId()));
        return served.size() == outcomes.size();
    }
}
