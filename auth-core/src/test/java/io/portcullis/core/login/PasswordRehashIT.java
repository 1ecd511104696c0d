package io.portcullis.core.login;

import static org.assertj.core.api.Assertions.assertThat;

import io.portcullis.core.account.PasswordHasher;
import io.portcullis.core.error.ErrorCode;
import io.portcullis.core.error.PortcullisException;
import io.portcullis.core.r2dbc.QueryAccountRepository;
import io.portcullis.core.reactive.BackgroundWork;
import io.portcullis.core.termination.Actor;
import io.portcullis.core.throttle.AttemptLimits;
import io.portcullis.core.throttle.LoginThrottle;
import io.portcullis.testbed.Await;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.security.crypto.bcrypt.BCryptPasswordEncoder;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.util.retry.Retry;

/** Tests that a login replaces an outdated hash, and that nothing else notices. */
@Timeout(120)
class PasswordRehashIT {
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final String CURRENT = "{bcrypt}$2a$05$";
    /** Fewer than both nodes have connections, so that no login waits too long for one on a busy machine. */
    private static final int AT_ONCE = 8;

    private static CoreCluster cluster;
    private static PasswordHasher hasher;

    private final String user = "user-" + UUID.randomUUID();

    @BeforeAll
    static void start() {
        cluster = CoreCluster.start();
        hasher = PasswordHasher.create(5);
    }

    @AfterAll
    static void stop() {
        hasher.close();
        cluster.close();
    }

    private static AuthServices services(int node) {
        return cluster.node(node).services(hasher);
    }

    private Outcome<LoginResult> login(AuthServices services, String password) {
        return Outcome.of(services.login().login(new LoginRequest(user, password, CoreNode.CLIENT)));
    }

    private void addAccount(String hash) {
        cluster.addAccount(user);
        cluster.sql().update("UPDATE account SET password_hash = '" + hash + "' WHERE id = '" + user + "'");
    }

    private String hash() {
        return cluster.sql()
                .texts("SELECT password_hash FROM account WHERE id = ?", user)
                .get(0);
    }

    @ParameterizedTest
    @ValueSource(strings = {"{noop}correct horse", "{bcrypt}$2a$04$", "$2a$04$"})
    void loginWhenTheHashIsOutdatedThenItIsReplaced(String old) {
        addAccount(
                old.endsWith("$") ? old.replace("$2a$04$", new BCryptPasswordEncoder(4).encode("correct horse")) : old);

        assertThat(login(services(0), "correct horse").succeeded()).isTrue();

        Await.until("another hash", () -> hash().startsWith(CURRENT));
        assertThat(login(services(1), "correct horse").succeeded()).isTrue();
        assertThat(login(services(1), "wrong horse").succeeded()).isFalse();
    }

    @Test
    void loginWhenManyComeAtOnceThenNoneFails() {
        addAccount("{noop}correct horse");

        var outcomes = Flux.range(0, 40)
                .flatMap(i -> Outcome.later(logInWhenAvailable(services(i))), AT_ONCE)
                .collectList()
                .blockOptional(LIMIT)
                .orElseThrow();

        assertThat(outcomes).hasSize(40).allMatch(Outcome::succeeded);
        Await.until("another hash", () -> hash().startsWith(CURRENT));
    }

    /** On a busy machine a new connection to MySQL may come too late. Such a login may be repeated. */
    private Mono<LoginResult> logInWhenAvailable(AuthServices services) {
        return services.login()
                .login(new LoginRequest(user, "correct horse", CoreNode.CLIENT))
                .retryWhen(Retry.max(20)
                        .filter(error ->
                                error instanceof PortcullisException known && known.code() == ErrorCode.UNAVAILABLE));
    }

    /** The hash is another one after the check, as when a login of another node has replaced it. */
    @Test
    void loginWhenTheHashIsReplacedDuringTheCheckThenItSucceeds() {
        addAccount(CoreCluster.PASSWORD_HASH);
        String replaced = new CountingEncoder().encode(CoreCluster.PASSWORD);
        var encoder = new CountingEncoder(() -> cluster.sql()
                .update("UPDATE account SET password_hash = '" + replaced + "' WHERE id = '" + user + "'"));
        try (var slow = new PasswordHasher(encoder, 1, 8)) {
            assertThat(login(cluster.node(0).services(slow), CoreCluster.PASSWORD)
                            .succeeded())
                    .isTrue();
        }
        assertThat(encoder.comparisons()).isEqualTo(2);
    }

    @Test
    void changeWhenTheHashIsReplacedDuringTheCheckThenItSucceeds() {
        addAccount(CoreCluster.PASSWORD_HASH);
        var login = cluster.node(0).login(user);
        var identity = cluster.node(0).check(login.tokens().access()).get();
        String replaced = new CountingEncoder().encode(CoreCluster.PASSWORD);
        var encoder = new CountingEncoder(() -> cluster.sql()
                .update("UPDATE account SET password_hash = '" + replaced + "' WHERE id = '" + user + "'"));
        try (var slow = new PasswordHasher(encoder, 1, 8)) {
            var accounts = cluster.node(0).services(slow).accounts();

            assertThat(Outcome.of(accounts.changePassword(
                                    identity,
                                    CoreCluster.PASSWORD,
                                    "the next passphrase",
                                    new Actor(user, CoreNode.CLIENT)))
                            .succeeded())
                    .isTrue();
        }
        assertThat(new CountingEncoder().matches("the next passphrase", hash())).isTrue();
    }

    @Test
    void loginWhenTheReplacementFailsThenItSucceedsAllTheSame() {
        addAccount("{noop}correct horse");
        var encoder = new OutdatedEncoder(() -> {
            throw new IllegalStateException("no hash today");
        });
        try (var failing = new PasswordHasher(encoder, 1, 8)) {
            assertThat(login(cluster.node(0).services(failing), "correct horse").succeeded())
                    .isTrue();
            awaitReplacement();
            assertThat(login(cluster.node(1).services(failing), "correct horse").succeeded())
                    .isTrue();
            awaitReplacement();
        }
        assertThat(encoder.encoded()).isEqualTo(2);
        assertThat(hash()).isEqualTo("{noop}correct horse");
    }

    private static void awaitReplacement() {
        Await.until("the replacement has ended", () -> BackgroundWork.inFlight() == 0);
    }

    @Test
    void loginWhenTheAccountsAreOfAnExistingTableThenTheHashStays() {
        cluster.sql().update("CREATE TABLE existing (name VARCHAR(60), hash VARCHAR(99))");
        cluster.sql().update("INSERT INTO existing VALUES ('" + user + "', '{noop}correct horse')");
        var node = cluster.node(0);
        var accounts = new QueryAccountRepository(
                node.database(),
                "SELECT 'id', name, hash, 1, '', 'member' FROM existing WHERE name = :username",
                List.of("1"));
        var encoder = new OutdatedEncoder(() -> {});
        try (var counting = new PasswordHasher(encoder, 1, 8)) {
            var throttle = new LoginThrottle(AttemptLimits.defaults(), cluster.clock());
            var services = node.servicesWith()
                    .accounts(accounts)
                    .hasher(counting)
                    .throttle(throttle)
                    .build();

            assertThat(login(services, "correct horse").succeeded()).isTrue();
            awaitReplacement();
        }
        assertThat(encoder.encoded()).isZero();
    }
}
