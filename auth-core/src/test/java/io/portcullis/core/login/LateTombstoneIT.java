package io.portcullis.core.login;

import static org.assertj.core.api.Assertions.assertThat;

import io.portcullis.core.account.TenantScope;
import io.portcullis.core.error.ErrorCode;
import io.portcullis.core.session.EndReason;
import io.portcullis.core.termination.Actor;
import io.portcullis.core.token.store.AccessTokenCache;
import io.portcullis.core.token.store.DelegatingAccessTokenCache;
import io.portcullis.core.token.store.RevocationReason;
import io.portcullis.testbed.Await;
import io.portcullis.testbed.TcpProxy;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import reactor.core.publisher.Mono;

/**
 * Tests ends whose caller stops waiting before Redis has confirmed the tombstone, and whose transaction then fails: MySQL must not keep
 * a session whose tokens Redis refuses.
 */
@Timeout(180)
@Tag("database-independent")
class LateTombstoneIT {
    private static final String BEFORE_THE_TOMBSTONE = "DELETE t FROM access_token";
    private static final String AFTER_THE_TOMBSTONE = "UPDATE auth_session SET ended_at";
    private static final Duration TIME_LIMIT = Duration.ofSeconds(1);
    private static final Actor ADMIN = new Actor("root", CoreNode.CLIENT);

    private TcpProxy proxy;
    private CoreCluster cluster;
    private CoreNode cutOff;
    private final CompletableFuture<Void> written = new CompletableFuture<>();
    private final CompletableFuture<Void> confirmed = new CompletableFuture<>();
    private AuthServices services;

    @BeforeEach
    void start() {
        proxy = CoreCluster.proxyToDatabase();
        cluster = CoreCluster.start();
        cutOff = cluster.startNode(proxy.port());
        services = cutOff.services(cache -> new HeldTombstones(cache, written, confirmed), TIME_LIMIT);
        cluster.addAccount("alice");
        cutOff.awaitTrust();
    }

    @AfterEach
    void stop() {
        cutOff.close();
        cluster.close();
        proxy.close();
    }

    /** Redis has the tombstone, and confirms it after the time limit. */
    @ParameterizedTest
    @EnumSource
    void endWhenTheTombstoneIsConfirmedAfterTheTimeLimitAndMySqlFailsThenFinishedLater(Kind kind) {
        var session = open();

        assertThat(Outcome.of(kind.end(services, session)).error()).isEqualTo(ErrorCode.UNAVAILABLE);
        written.join();
        var broken = proxy.dropResponse(AFTER_THE_TOMBSTONE);
        confirmed.complete(null);

        broken.join();
        assertEndsLater(session, kind);
    }

    /** MySQL has lost the row of the presented access token, as after the restore of an older dump. */
    @Test
    void logoutWhenOnlyThePresentedTokenHasATombstoneThenFinishedLater() {
        var session = open();
        cluster.sql().update("DELETE FROM access_token");

        assertThat(Outcome.of(Kind.LOGOUT.end(services, session)).error()).isEqualTo(ErrorCode.UNAVAILABLE);
        written.join();
        var broken = proxy.dropResponse(AFTER_THE_TOMBSTONE);
        confirmed.complete(null);

        broken.join();
        assertEndsLater(session, Kind.LOGOUT);
    }

    /** A statement before the tombstone hangs until after the time limit, so that the tombstone is sent after it. */
    @ParameterizedTest
    @EnumSource
    void endWhenTheTombstoneIsSentAfterTheTimeLimitAndMySqlFailsThenFinishedLater(Kind kind) {
        var session = open();
        var held = proxy.holdRequest(BEFORE_THE_TOMBSTONE);

        assertThat(Outcome.of(kind.end(services, session)).error()).isEqualTo(ErrorCode.UNAVAILABLE);
        held.join();
        assertThat(written).isNotCompleted();
        proxy.heal();
        written.join();
        var broken = proxy.dropResponse(AFTER_THE_TOMBSTONE);
        confirmed.complete(null);

        broken.join();
        assertEndsLater(session, kind);
    }

    /** Logs in, refreshes the session once, and lets the grace window of its first refresh token pass. */
    private Opened open() {
        var login = cluster.node(0).login("alice");
        var next = cluster.node(0).refresh(login.tokens().refresh()).get();
        cluster.clock().advance(CoreCluster.LIFETIMES.grace());
        return new Opened(login, next);
    }

    private void assertEndsLater(Opened session, Kind kind) {
        String id = session.current().sessionId();
        Await.until("MySQL has ended the session", () -> cluster.liveRefreshTokens(id) == 0);
        var tokens = session.current().tokens();
        assertThat(cluster.node(0).refresh(tokens.refresh()).error()).isEqualTo(kind.code);
        cluster.assertEverywhere(tokens.access(), kind.code);
    }

    private record Opened(LoginResult spent, LoginResult current) {}

    private enum Kind {
        LOGOUT(ErrorCode.SESSION_LOGGED_OUT) {
            @Override
            Mono<?> end(AuthServices services, Opened session) {
                return services.logout()
                        .logout(session.current().tokens().access().value(), CoreNode.CLIENT);
            }
        },
        KICK(ErrorCode.SESSION_KICKED) {
            @Override
            Mono<?> end(AuthServices services, Opened session) {
                return services.terminator().end(session.current().sessionId(), EndReason.KICKED, ADMIN);
            }
        },
        REUSE(ErrorCode.SESSION_REUSE) {
            @Override
            Mono<?> end(AuthServices services, Opened session) {
                return services.refresh()
                        .refresh(session.spent().tokens().refresh().value(), CoreNode.CLIENT);
            }
        },
        RESET(ErrorCode.SESSION_PASSWORD_CHANGED) {
            @Override
            Mono<?> end(AuthServices services, Opened session) {
                return services.accounts().resetPassword("alice", "the next password", TenantScope.ALL, ADMIN);
            }
        };

        private final ErrorCode code;

        Kind(ErrorCode code) {
            this.code = code;
        }

        abstract Mono<?> end(AuthServices services, Opened session);
    }

    /**
     * Writes tombstones to Redis, and withholds their confirmation until the test releases it.
     *
     * @param written completes when Redis has the first tombstone
     * @param confirmed releases all confirmations
     */
    private record HeldTombstones(
            AccessTokenCache delegate, CompletableFuture<Void> written, CompletableFuture<Void> confirmed)
            implements DelegatingAccessTokenCache {
        @Override
        public Mono<Void> revoke(String digest, RevocationReason reason, Duration remaining) {
            return delegate.revoke(digest, reason, remaining)
                    .doOnSuccess(done -> written.complete(null))
                    .then(Mono.fromFuture(confirmed, true));
        }
    }
}
