package io.portcullis.core.login;

import static org.assertj.core.api.Assertions.assertThat;

import io.portcullis.core.error.ErrorCode;
import io.portcullis.core.session.SessionRepository;
import io.portcullis.core.termination.WhenRedisFails;
import io.portcullis.testbed.RedisServer;
import io.r2dbc.spi.R2dbcTransientResourceException;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;

/** Tests logins that have to end a session while Redis is out, or whose transaction MySQL makes them repeat. */
class DeviceLimitOutageIT {
    private static final SessionLimits ONE = new SessionLimits(1, WhenFull.EVICT_OLDEST, Set.of());
    private static final SessionLimits TWO = new SessionLimits(2, WhenFull.EVICT_OLDEST, Set.of());
    private static final LoginRequest ALICE = new LoginRequest("alice", CoreCluster.PASSWORD, CoreNode.CLIENT);
    private static final LoginRequest BOB = new LoginRequest("bob", CoreCluster.PASSWORD, CoreNode.CLIENT);

    private RedisServer redis;

    @BeforeEach
    void start() {
        redis = RedisServer.start();
    }

    @AfterEach
    void stop() {
        redis.close();
    }

    private CoreCluster cluster(WhenRedisFails policy) {
        var cluster = CoreCluster.start(redis, policy);
        cluster.addAccount("alice");
        cluster.addAccount("bob");
        return cluster;
    }

    private static Outcome<LoginResult> login(AuthServices services, LoginRequest request) {
        return Outcome.of(services.login().login(request));
    }

    @Test
    void loginWhenRedisIsOutAndASessionMustEndThenRefusedUntilItIsBack() {
        try (var cluster = cluster(WhenRedisFails.REJECT)) {
            var services = cluster.node(0).services(ONE);
            var before = login(services, ALICE).get();
            int port = redis.port();
            redis.close();

            assertThat(login(services, ALICE).error()).isEqualTo(ErrorCode.UNAVAILABLE);
            cluster.assertEverywhere(before.tokens().access(), null);
            assertThat(login(services, BOB).succeeded())
                    .as("a login that ends nothing")
                    .isTrue();

            redis = RedisServer.start(port);
            cluster.awaitTrust();
            assertThat(login(services, ALICE).succeeded()).isTrue();
            cluster.assertEverywhere(before.tokens().access(), ErrorCode.SESSION_REPLACED);
        }
    }

    @Test
    void loginWhenRedisIsOutAndEndsAreQueuedThenTheSessionIsRefusedEverywhere() {
        try (var cluster = cluster(WhenRedisFails.QUEUE)) {
            var services = cluster.node(0).services(ONE);
            var before = login(services, ALICE).get();
            int port = redis.port();
            redis.close();

            var after = login(services, ALICE).get();
            cluster.assertEverywhere(before.tokens().access(), ErrorCode.SESSION_REPLACED);
            cluster.assertEverywhere(after.tokens().access(), null);

            redis = RedisServer.start(port);
            cluster.awaitTrust();
            cluster.assertEverywhere(before.tokens().access(), ErrorCode.SESSION_REPLACED);
            cluster.assertEverywhere(after.tokens().access(), null);
        }
    }

    /** The first attempt has written the tombstones of the older session. Then the newer one logs out, which makes room. */
    @Test
    void loginWhenItsTransactionIsRepeatedThenTheSessionWhoseEndHadBegunEnds() {
        try (var cluster = cluster(WhenRedisFails.REJECT)) {
            var older = cluster.node(0).login("alice");
            cluster.clock().advance(Duration.ofMillis(1));
            var newer = cluster.node(0).login("alice");
            var services = cluster.node(0)
                    .servicesWith()
                    .limits(TWO)
                    .sessions(sessions -> deadlockOnce(
                            sessions, cluster.node(1).loggingOut(newer.tokens().refresh())))
                    .build();

            var login = login(services, ALICE).get();

            cluster.assertEverywhere(newer.tokens().access(), ErrorCode.SESSION_LOGGED_OUT);
            cluster.assertEverywhere(older.tokens().access(), ErrorCode.SESSION_REPLACED);
            assertThat(cluster.node(1).refresh(older.tokens().refresh()).error())
                    .isEqualTo(ErrorCode.SESSION_REPLACED);
            cluster.assertEverywhere(login.tokens().access(), null);
        }
    }

    /** Lets the first insertion run this call, in a transaction of its own, and then fail as the victim of a deadlock. */
    private static SessionRepository deadlockOnce(SessionRepository sessions, Mono<Void> call) {
        var done = new AtomicBoolean();
        return (SessionRepository) Proxy.newProxyInstance(
                SessionRepository.class.getClassLoader(),
                new Class<?>[] {SessionRepository.class},
                (proxy, method, arguments) -> method.getName().equals("insert") && done.compareAndSet(false, true)
                        ? Mono.fromFuture(call::toFuture)
                                .then(Mono.error(new R2dbcTransientResourceException("deadlock", "40001", 1213)))
                        : method.invoke(sessions, arguments));
    }
}
