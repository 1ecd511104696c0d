package io.portcullis.core.login;

import static org.assertj.core.api.Assertions.assertThat;

import io.portcullis.core.account.TenantScope;
import io.portcullis.core.error.ErrorCode;
import io.portcullis.core.error.PortcullisException;
import io.portcullis.core.session.EndReason;
import io.portcullis.core.termination.Actor;
import io.portcullis.core.termination.WhenRedisFails;
import io.portcullis.core.token.store.AccessTokenCache;
import io.portcullis.core.token.store.DelegatingAccessTokenCache;
import io.portcullis.core.token.store.RevocationReason;
import io.portcullis.testbed.Await;
import io.portcullis.testbed.RedisServer;
import io.portcullis.testbed.TcpProxy;
import java.time.Duration;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import reactor.core.publisher.Mono;

/**
 * Tests changes that are answered although Redis did not confirm a tombstone: the node that answers must not serve the token from Redis,
 * which still has its identity and answers reads (I1).
 */
@Timeout(180)
@Tag("database-independent")
class QueuedEndIT {
    private static final int KICKS = 20;
    private static final Duration DEADLINE = Duration.ofSeconds(20);
    private static final Actor ADMIN = new Actor("root", CoreNode.CLIENT);

    private RedisServer redis;
    private TcpProxy proxy;
    private CoreCluster cluster;
    private CoreNode node;

    @BeforeEach
    void start() {
        redis = RedisServer.start();
        proxy = TcpProxy.to(redis.host(), redis.port());
        cluster = CoreCluster.start(redis, WhenRedisFails.QUEUE);
        cluster.addAccount("alice");
        node = cluster.startNodeBehind(proxy);
    }

    @AfterEach
    void stop() {
        node.close();
        cluster.close();
        proxy.close();
        redis.close();
    }

    /** Only the connection of the tombstone is held, and the checks have others. */
    @Test
    void kickWhenItsTombstoneIsHeldThenTheNodeThatAnswersRefusesAtOnce() {
        for (int i = 0; i < KICKS; i++) {
            endWhileTheTombstoneIsHeld(Kind.KICK);
        }
    }

    @ParameterizedTest
    @EnumSource
    void endWhenItsTombstoneIsHeldThenTheNodeThatAnswersRefusesAtOnce(Kind kind) {
        endWhileTheTombstoneIsHeld(kind);
    }

    private void endWhileTheTombstoneIsHeld(Kind kind) {
        node.awaitTrust();
        var session = open();
        var access = session.current().tokens().access();
        cluster.assertEverywhere(access, null);
        assertThat(node.check(access).error()).isNull();
        assertThat(node.degraded()).isFalse();
        var held = proxy.holdRequest(kind.tombstone);

        var end = Outcome.of(kind.end(node.services(), session));

        assertThat(node.check(access).error()).isEqualTo(kind.code);
        assertThat(end.error()).isIn(null, kind.code);
        // The replay of another node may have written the tombstone by now.
        assertThat(held).isCompleted();
        Await.until(
                "refused elsewhere",
                () -> cluster.nodes().stream()
                        .allMatch(other -> other.check(access).error() == kind.code));
        proxy.heal();
        node.awaitTrust();
        assertThat(node.check(access).error()).isEqualTo(kind.code);
        assertThat(cluster.redis().get(CoreCluster.key(access))).endsWith(kind.tombstone);
    }

    /** The replay that ends the distrust has not seen the ledger's entry, because the logout has not committed. */
    @Test
    void logoutWhenRedisIsTrustedAgainBeforeTheCommitThenRefusedAtOnce() {
        try (TcpProxy database = CoreCluster.proxyToDatabase();
                CoreNode slow = cluster.startNode(database.port())) {
            slow.awaitTrust();
            var access = slow.login("alice").tokens().access();
            assertThat(slow.check(access).error()).isNull();
            var held = database.holdRequest("UPDATE auth_session SET ended_at");
            var services = slow.services(LostTombstones::new, DEADLINE);

            var logout =
                    services.logout().logout(access.value(), CoreNode.CLIENT).toFuture();
            held.join();
            slow.awaitTrust();
            database.heal();
            logout.join();

            assertThat(slow.check(access).error()).isEqualTo(ErrorCode.SESSION_LOGGED_OUT);
        }
    }

    /** The second logout is answered as soon as MySQL has committed the first one. */
    @Test
    void logoutWhenAnotherOneHasCommittedAndIsNotAnsweredThenRefusedAtOnce() {
        try (TcpProxy database = CoreCluster.proxyToDatabase();
                CoreNode between = cluster.startNodeBehind(database, proxy)) {
            between.awaitTrust();
            var tokens = between.login("alice").tokens();
            assertThat(between.check(tokens.access()).error()).isNull();
            var tombstone = proxy.holdRequest("LOGOUT");
            var commit = database.holdResponse("UPDATE auth_session SET ended_at", "COMMIT");
            var first = between.loggingOut(tokens.access()).toFuture();
            commit.join();

            assertThat(between.logout(tokens.refresh()).error()).isNull();

            assertThat(between.check(tokens.access()).error()).isEqualTo(ErrorCode.SESSION_LOGGED_OUT);
            assertThat(tombstone).isCompleted();
            assertThat(first).isNotCompleted();
            database.heal();
            first.join();
        }
    }

    /** A second refresh ends the grace of the first access token, under either policy. */
    @Test
    void refreshWhenTheTombstoneOfAReplacedTokenIsLostThenRefusedAtOnce() {
        var login = cluster.node(0).login("alice");
        var next = cluster.node(0).refresh(login.tokens().refresh()).get();
        var access = login.tokens().access();
        cluster.assertEverywhere(access, null);
        var services = cluster.node(0).services(LostTombstones::new, DEADLINE);

        var refresh =
                Outcome.of(services.refresh().refresh(next.tokens().refresh().value(), CoreNode.CLIENT));

        assertThat(cluster.node(0).check(access).error()).isEqualTo(ErrorCode.ACCESS_TOKEN_SUPERSEDED);
        assertThat(refresh.succeeded()).isTrue();
    }

    /** Logs in, refreshes the session once, and lets the grace window of its first refresh token pass. */
    private Opened open() {
        var login = cluster.node(0).login("alice");
        var next = cluster.node(0).refresh(login.tokens().refresh()).get();
        cluster.clock().advance(CoreCluster.LIFETIMES.grace());
        cluster.awaitSuperseded(login.tokens().access());
        return new Opened(login, next);
    }

    private record Opened(LoginResult spent, LoginResult current) {}

    private enum Kind {
        LOGOUT("LOGOUT", ErrorCode.SESSION_LOGGED_OUT) {
            @Override
            Mono<?> end(AuthServices services, Opened session) {
                return services.logout()
                        .logout(session.current().tokens().access().value(), CoreNode.CLIENT);
            }
        },
        KICK("KICKED", ErrorCode.SESSION_KICKED) {
            @Override
            Mono<?> end(AuthServices services, Opened session) {
                return services.terminator().end(session.current().sessionId(), EndReason.KICKED, ADMIN);
            }
        },
        REUSE("REUSE", ErrorCode.SESSION_REUSE) {
            @Override
            Mono<?> end(AuthServices services, Opened session) {
                return services.refresh()
                        .refresh(session.spent().tokens().refresh().value(), CoreNode.CLIENT);
            }
        },
        RESET("PASSWORD_CHANGED", ErrorCode.SESSION_PASSWORD_CHANGED) {
            @Override
            Mono<?> end(AuthServices services, Opened session) {
                return services.accounts().resetPassword("alice", "the next password", TenantScope.ALL, ADMIN);
            }
        };

        private final String tombstone;
        private final ErrorCode code;

        Kind(String tombstone, ErrorCode code) {
            this.tombstone = tombstone;
            this.code = code;
        }

        abstract Mono<?> end(AuthServices services, Opened session);
    }

    /** Loses each tombstone on its way to Redis. */
    private record LostTombstones(AccessTokenCache delegate) implements DelegatingAccessTokenCache {
        @Override
        public Mono<Void> revoke(String digest, RevocationReason reason, Duration remaining) {
            return Mono.error(PortcullisException.storeUnavailable("Redis", new TimeoutException()));
        }
    }
}
