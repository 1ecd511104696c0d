package io.portcullis.core.login;

import static org.assertj.core.api.Assertions.assertThat;

import io.portcullis.core.error.ErrorCode;
import io.portcullis.core.retention.ExpiredRowRepository;
import io.portcullis.core.retention.Janitor;
import io.portcullis.core.retention.RetentionKind;
import io.portcullis.core.session.Session;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import reactor.core.Exceptions;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Tests the janitor while refreshes and other janitors run, and when a part of its work fails. */
@Timeout(180)
class JanitorConflictIT {
    private static final int ROUNDS = 100;

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

    private Janitor janitor(int node, Clock clock) {
        return cluster.node(node).janitor(JanitorIT.settings(7), clock, UnaryOperator.identity());
    }

    private long rows(String table) {
        return cluster.sql().number("SELECT COUNT(*) FROM " + table);
    }

    @Test
    void runWhenARefreshRacesItThenWhatWasAnsweredWithSuccessLives() {
        // The janitor's clock is so far ahead that the margin for clock skew does not protect the session.
        var janitor = janitor(1, Clock.offset(cluster.clock(), Duration.ofMinutes(10)));
        var handicap = new Race.AdaptiveDelay();
        int refreshed = 0;
        for (int round = 0; round < ROUNDS; round++) {
            var login = cluster.node(0).login("alice");
            cluster.sql()
                    .update("UPDATE refresh_token SET expires_at = '"
                            + cluster.clock()
                                    .instant()
                                    .plusSeconds(30)
                                    .toString()
                                    .replace("Z", "")
                            + "' WHERE session_id = '" + login.sessionId() + "'");
            var refresh = Race.begin(
                    cluster.node(0).refreshing(login.tokens().refresh()), handicap.first(), Duration.ofMillis(4));
            var run = Race.begin(janitor.run(), handicap.second(), Duration.ofMillis(4));
            var next = refresh.join();
            assertThat(run.join().error()).isNull();
            handicap.record(next.succeeded());

            boolean live = rows("auth_session WHERE ended_at IS NULL AND id = '" + login.sessionId() + "'") == 1;
            assertThat(live).as("alive, round %d", round).isEqualTo(next.succeeded());
            assertThat(cluster.liveRefreshTokens(login.sessionId())).isEqualTo(live ? 1 : 0);
            assertThat(rows("login_log WHERE type = 'EXPIRED' AND session_id = '" + login.sessionId() + "'"))
                    .isEqualTo(live ? 0 : 1);
            if (live) {
                refreshed++;
                assertThat(cluster.node(1)
                                .refresh(next.get().tokens().refresh())
                                .succeeded())
                        .isTrue();
            }
        }
        assertThat(refreshed).as("refreshes that came first").isBetween(ROUNDS / 20, ROUNDS * 19 / 20);
    }

    @Test
    void runWhenTwoNodesTryThenOneWorksAtATime() {
        Instant longAgo = cluster.clock().instant().minus(Duration.ofDays(999));
        var atWork = new AtomicInteger();
        var most = new AtomicInteger();
        UnaryOperator<ExpiredRowRepository> watched = rows -> new Watched(rows, atWork, most);
        var first = cluster.node(0).janitor(JanitorIT.settings(3), cluster.clock(), watched);
        var second = cluster.node(1).janitor(JanitorIT.settings(3), cluster.clock(), watched);
        for (int round = 0; round < 30; round++) {
            for (int i = 0; i < 20; i++) {
                cluster.sql()
                        .update("INSERT INTO login_log (id, type, result, username, ip, created_at) VALUES ('"
                                + round + "-" + i + "', 'LOGIN', 'SUCCESS', 'u', '::1', '"
                                + longAgo.toString().replace("Z", "") + "')");
            }
            var one = Race.begin(first.run(), Duration.ofMillis(2));
            var other = Race.begin(second.run(), Duration.ofMillis(2));
            assertThat(one.join().error()).isNull();
            assertThat(other.join().error()).isNull();
            assertThat(rows("login_log")).isZero();
        }
        assertThat(most).hasValue(1);
        assertThat(first.counters().removed(RetentionKind.LOGIN_LOG)
                        + second.counters().removed(RetentionKind.LOGIN_LOG))
                .isEqualTo(600);
    }

    /** Records how many transactions remove rows concurrently. */
    private record Watched(ExpiredRowRepository rows, AtomicInteger atWork, AtomicInteger most)
            implements ExpiredRowRepository {
        @Override
        public Mono<Long> remove(RetentionKind row, Instant before, int limit) {
            return Mono.defer(() -> {
                most.accumulateAndGet(atWork.incrementAndGet(), Math::max);
                return rows.remove(row, before, limit).doOnTerminate(atWork::decrementAndGet);
            });
        }

        @Override
        public Flux<String> findExpiredSessions(Instant before, int limit) {
            return rows.findExpiredSessions(before, limit);
        }

        @Override
        public Mono<Session> ifExpired(Session session, Instant before) {
            return rows.ifExpired(session, before);
        }
    }

    @Test
    void runWhenOneKindFailsThenTheOthersAreRemovedAndTheErrorIsEmitted() {
        var login = cluster.node(0).login("alice");
        assertThat(cluster.node(0).logout(login.tokens().access()).error()).isNull();
        cluster.clock().advance(Duration.ofDays(400));
        cluster.sql().update("ALTER TABLE revoked_token RENAME TO away");
        var janitor = janitor(0, cluster.clock());

        assertThat(Outcome.of(janitor.run()
                                .onErrorMap(e -> new IllegalStateException("as expected", e))
                                .onErrorComplete(IllegalStateException.class))
                        .error())
                .isNull();
        assertThat(janitor.counters().lastSuccessSeconds()).isZero();
        assertThat(rows("auth_session")).isZero();
        assertThat(rows("login_log")).isZero();

        cluster.sql().update("ALTER TABLE away RENAME TO revoked_token");
        cluster.sql().update("UPDATE lease SET expires_at = '2020-01-01'");
        assertThat(Outcome.of(janitor.run()).error()).isNull();
        assertThat(rows("revoked_token")).isZero();
        assertThat(janitor.counters().lastSuccessSeconds())
                .isEqualTo(cluster.clock().instant().getEpochSecond());
    }

    @Test
    void runWhenOneSessionCannotBeEndedThenTheOthersEndAndAnErrorIsEmitted() {
        var held = cluster.node(0).login("alice");
        cluster.clock().advance(Duration.ofSeconds(1));
        List<LoginResult> behind =
                Stream.generate(() -> cluster.node(0).login("alice")).limit(4).toList();
        cluster.clock().advance(CoreCluster.LIFETIMES.refresh().plusMinutes(2));
        cluster.sql().update("BEGIN");
        assertThat(cluster.sql().texts("SELECT id FROM auth_session WHERE id = ? FOR UPDATE", held.sessionId()))
                .hasSize(1);
        var janitor = cluster.node(0).janitor(JanitorIT.settings(2), cluster.clock(), UnaryOperator.identity());

        assertThat(Outcome.of(janitor.run()
                                .onErrorMap(e -> Exceptions.unwrapMultiple(e).get(0)))
                        .error())
                .isEqualTo(ErrorCode.UNAVAILABLE);

        cluster.sql().update("ROLLBACK");
        assertThat(cluster.sql().texts("SELECT id FROM auth_session WHERE ended_at IS NULL"))
                .containsExactly(held.sessionId());
        assertThat(janitor.counters().expiredSessions()).isEqualTo(behind.size());
    }
}
