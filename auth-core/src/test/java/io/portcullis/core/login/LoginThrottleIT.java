package io.portcullis.core.login;

import static org.assertj.core.api.Assertions.assertThat;

import io.portcullis.core.account.PasswordHasher;
import io.portcullis.core.account.TenantScope;
import io.portcullis.core.error.ErrorCode;
import io.portcullis.core.r2dbc.QueryAccountRepository;
import io.portcullis.core.session.ClientInfo;
import io.portcullis.core.termination.Actor;
import io.portcullis.core.throttle.AttemptLimits;
import io.portcullis.core.throttle.LoginThrottle;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import reactor.core.publisher.Flux;

/** Tests that no client can block the logins of others, or try more passwords than the limits allow. */
@Timeout(180)
@Tag("database-independent")
class LoginThrottleIT {
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final AtomicInteger ADDRESSES = new AtomicInteger();

    @AutoClose
    private static CoreCluster cluster;

    @BeforeAll
    static void start() {
        cluster = CoreCluster.start();
    }

    /** Returns an address that no other test of this class uses. */
    private static ClientInfo newClient() {
        int number = ADDRESSES.incrementAndGet();
        return new ClientInfo("10.0." + number / 256 + "." + number % 256, null, null, null);
    }

    private static LoginRequest request(String username, String password, ClientInfo client) {
        return new LoginRequest(username, password, client);
    }

    private static Outcome<LoginResult> login(int node, String username, String password, ClientInfo client) {
        return Outcome.of(cluster.node(node).services().login().login(request(username, password, client)));
    }

    private static List<String> rows(String username) {
        return cluster.sql().texts("SELECT result FROM login_log WHERE username = ? ORDER BY result", username);
    }

    @Test
    void loginGivenABurstOfBadPasswordsThenTenAreHashedAndElevenRowsAreWritten() {
        cluster.addAccount("ada");
        var encoder = new CountingEncoder();
        try (var hasher = new PasswordHasher(encoder, 2, 128)) {
            var services = cluster.node(0).services(hasher, throttle());
            var client = newClient();

            var outcomes = Flux.range(0, 140)
                    .flatMap(i -> Outcome.later(services.login().login(request("ada", "wrong" + i, client))), 140)
                    .collectList()
                    .blockOptional(LIMIT)
                    .orElseThrow();

            assertThat(encoder.comparisons()).isEqualTo(10);
            assertThat(outcomes.stream().filter(it -> it.error() == ErrorCode.BAD_CREDENTIALS))
                    .hasSize(10);
            assertThat(outcomes.stream().filter(it -> it.error() == ErrorCode.TOO_MANY_LOGIN_ATTEMPTS))
                    .hasSize(130);
            assertThat(rows("ada")).hasSize(11).contains("TOO_MANY_TRIES");
        }
    }

    @Test
    void loginGivenManyRightPasswordsAtOnceFromOneAddressThenAllLogIn() {
        cluster.addAccount("eve");
        var login = cluster.node(0).services().login();
        var client = newClient();

        var outcomes = Flux.range(0, 50)
                .flatMap(i -> Outcome.later(login.login(request("eve", CoreCluster.PASSWORD, client))), 50)
                .collectList()
                .blockOptional(LIMIT)
                .orElseThrow();

        assertThat(outcomes).allMatch(Outcome::succeeded).hasSize(50);
    }

    @Test
    void loginGivenAFloodUnderRandomNamesThenAnotherAddressLogsIn() {
        cluster.addAccount("bea");
        var encoder = new CountingEncoder();
        try (var hasher = new PasswordHasher(encoder, 1, 8)) {
            var services = cluster.node(0).services(hasher, throttle());
            var attacker = newClient();
            List<@Nullable ErrorCode> others = new ArrayList<>();

            var flood = Flux.range(0, 600)
                    .flatMap(i -> Outcome.later(services.login().login(request("flood" + i, "x", attacker))), 60)
                    .collectList()
                    .toFuture();
            for (int i = 0; i < 5; i++) {
                others.add(Outcome.of(services.login().login(request("bea", CoreCluster.PASSWORD, newClient())))
                        .error());
            }
            var outcomes = flood.join();

            assertThat(others).containsOnlyNulls();
            assertThat(outcomes).noneMatch(Outcome::succeeded).hasSize(600);
            long hashed = outcomes.stream()
                    .filter(it -> it.error() == ErrorCode.BAD_CREDENTIALS)
                    .count();
            assertThat(hashed).isLessThanOrEqualTo(100);
            assertThat(cluster.sql().number("SELECT COUNT(*) FROM login_log WHERE username LIKE 'flood%'"))
                    .isLessThanOrEqualTo(hashed + 1);
        }
    }

    /** The collation of the column treats all of these as one username. */
    @Test
    void loginGivenSpellingsOfANameWhenTheColumnFoldsThenOneAccount() {
        var services = queried("spelled", "carol");
        var client = newClient();
        List<@Nullable ErrorCode> errors = new ArrayList<>();

        for (String name : spellings("carol")) {
            errors.add(Outcome.of(services.login().login(request(name, "wrong horse", client)))
                    .error());
        }

        assertThat(errors).hasSizeGreaterThan(100);
        assertThat(errors.stream().filter(ErrorCode.BAD_CREDENTIALS::equals)).hasSize(10);
        assertThat(rows("carol").stream().filter("BAD_CREDENTIALS"::equals)).hasSize(10);
        assertThat(rows("carol")).hasSizeLessThanOrEqualTo(20);
    }

    /** Returns variants in case, accents and trailing spaces. */
    private static List<String> spellings(String name) {
        List<String> spellings = new ArrayList<>();
        for (int bits = 0; bits < 1 << name.length(); bits++) {
            var spelled = new StringBuilder();
            for (int i = 0; i < name.length(); i++) {
                String letter = name.substring(i, i + 1);
                spelled.append((bits >> i & 1) == 1 ? letter.toUpperCase(Locale.ROOT) : letter);
            }
            String each = spelled.toString();
            spellings.addAll(List.of(each, each.replace('a', '\u00e0'), each.replace('o', '\u00f6'), each + "  "));
        }
        return spellings;
    }

    private static AuthServices queried(String table, String username) {
        cluster.sql()
                .update("CREATE TABLE " + table + " (name VARCHAR(60) CHARACTER SET utf8mb4 COLLATE"
                        + " utf8mb4_unicode_ci, hash VARCHAR(99))");
        cluster.sql()
                .update("INSERT INTO " + table + " VALUES ('" + username + "', '" + CoreCluster.PASSWORD_HASH + "')");
        var node = cluster.node(0);
        var accounts = new QueryAccountRepository(
                node.database(),
                "SELECT 'id', name, hash, 1, '', 'member' FROM " + table + " WHERE name = :username",
                List.of("1"));
        return node.servicesWith().accounts(accounts).throttle(throttle()).build();
    }

    /** A row that the gateway cannot use is a refused login, never an internal error. */
    @Test
    void loginGivenAnUnusableRowThenBadCredentials() {
        var services = queried("odd", "null-hash");
        cluster.sql().update("UPDATE odd SET hash = NULL");
        cluster.sql()
                .update("INSERT INTO odd VALUES ('twin', 'x'), ('TWIN', 'x'), ('unknown', '{sha9}x'), ('empty', '')");

        for (String name : List.of("null-hash", "twin", "unknown", "empty", "\ud83d\ude00", "\ud800", "")) {
            assertThat(Outcome.of(services.login().login(request(name, CoreCluster.PASSWORD, newClient())))
                            .error())
                    .as(name)
                    .isEqualTo(ErrorCode.BAD_CREDENTIALS);
        }
    }

    /** A refresh that meets such a row ends no session, because the table may be repaired. */
    @Test
    void refreshGivenARowThatBecameUnusableThenUnavailableAndLaterAPair() {
        var services = queried("mended", "kim");
        var login = Outcome.of(services.login().login(request("kim", CoreCluster.PASSWORD, newClient())))
                .get();
        var refresh = login.tokens().refresh().value();
        cluster.sql().update("INSERT INTO mended SELECT * FROM mended");

        assertThat(Outcome.of(services.refresh().refresh(refresh, CoreNode.CLIENT))
                        .error())
                .isEqualTo(ErrorCode.UNAVAILABLE);
        cluster.sql().update("DELETE FROM mended LIMIT 1");
        assertThat(Outcome.of(services.refresh().refresh(refresh, CoreNode.CLIENT))
                        .succeeded())
                .isTrue();
    }

    @Test
    void loginGivenAnAttackThenTheVictimLogsInFromAFamiliarAddress() {
        cluster.addAccount("dana");
        var home = newClient();
        assertThat(login(0, "dana", CoreCluster.PASSWORD, home).succeeded()).isTrue();
        int refused = 0;
        for (int i = 0; i < 25; i++) {
            var attacker = newClient();
            for (int n = 0; n < 5; n++) {
                refused +=
                        login(i, "dana", "wrong horse", attacker).error() == ErrorCode.TOO_MANY_LOGIN_ATTEMPTS ? 1 : 0;
            }
        }

        assertThat(refused).as("100 are taken of one account").isEqualTo(25);
        assertThat(login(0, "dana", CoreCluster.PASSWORD, newClient()).error())
                .as("an address that she never used")
                .isEqualTo(ErrorCode.TOO_MANY_LOGIN_ATTEMPTS);
        for (int node = 0; node < 2; node++) {
            assertThat(login(node, "dana", CoreCluster.PASSWORD, home).succeeded())
                    .as("her own address")
                    .isTrue();
        }
        cluster.clock().advance(Duration.ofMinutes(6));
        assertThat(login(0, "dana", CoreCluster.PASSWORD, newClient()).succeeded())
                .isTrue();
    }

    @Test
    void loginGivenAFloodFromASharedAddressThenWhoLoggedInThereBeforeStillDoes() {
        cluster.addAccount("erin");
        cluster.addAccount("finn");
        var shared = newClient();
        assertThat(login(0, "erin", CoreCluster.PASSWORD, shared).succeeded()).isTrue();
        for (int i = 0; i < 100; i++) {
            assertThat(login(0, "stranger" + i, "x", shared).error()).isEqualTo(ErrorCode.BAD_CREDENTIALS);
        }

        assertThat(login(0, "stranger", "x", shared).error()).isEqualTo(ErrorCode.TOO_MANY_LOGIN_ATTEMPTS);
        assertThat(login(0, "finn", CoreCluster.PASSWORD, shared).error()).isEqualTo(ErrorCode.TOO_MANY_LOGIN_ATTEMPTS);
        assertThat(login(0, "erin", CoreCluster.PASSWORD, shared).succeeded()).isTrue();
        assertThat(login(0, "finn", CoreCluster.PASSWORD, newClient()).succeeded())
                .isTrue();
    }

    @Test
    void loginGivenAttemptsAtAnotherNodeThenTheyCountHere() {
        cluster.addAccount("gus");
        var client = new ClientInfo("2001:db8:7:7::1", null, null, null);
        for (int i = 0; i < 10; i++) {
            var neighbour = new ClientInfo("2001:db8:7:7::a" + i, null, null, null);
            assertThat(login(1, "gus", "wrong horse", neighbour).error()).isEqualTo(ErrorCode.BAD_CREDENTIALS);
        }

        assertThat(login(0, "gus", CoreCluster.PASSWORD, client).error()).isEqualTo(ErrorCode.TOO_MANY_LOGIN_ATTEMPTS);
        assertThat(login(0, "gus", CoreCluster.PASSWORD, new ClientInfo("2001:db8:7:8::1", null, null, null))
                        .succeeded())
                .isTrue();
    }

    @Test
    void loginGivenClientsThatLeaveThenTheirAttemptsCount() {
        cluster.addAccount("hal");
        var client = newClient();
        var encoder = new CountingEncoder();
        try (var hasher = new PasswordHasher(encoder, 1, 8)) {
            var services = cluster.node(0).services(hasher, throttle());
            for (int i = 0; i < 50; i++) {
                services.login()
                        .login(request("hal", "wrong horse", client))
                        .onErrorComplete()
                        .subscribe()
                        .dispose();
            }

            assertThat(Outcome.of(services.login().login(request("hal", CoreCluster.PASSWORD, client)))
                            .error())
                    .isEqualTo(ErrorCode.TOO_MANY_LOGIN_ATTEMPTS);
            assertThat(encoder.comparisons()).isLessThanOrEqualTo(10);
        }
    }

    /** The check of the account under its lock, in the transaction that opens the session, guarantees this. */
    @Test
    void loginWhenThePasswordIsResetWhileItIsCheckedThenNoSessionIsLeft() {
        cluster.addAccount("ivy");
        var node = cluster.node(0);
        var reset = node.services()
                .accounts()
                .resetPassword("ivy", "another horse", TenantScope.ALL, new Actor("root", CoreNode.CLIENT));
        var encoder = new CountingEncoder(() -> Objects.requireNonNull(
                Outcome.later(reset).block(LIMIT), "the reset is answered while the login waits"));
        try (var hasher = new PasswordHasher(encoder, 1, 8)) {
            var services = cluster.node(1).services(hasher, throttle());

            var outcome = Outcome.of(services.login().login(request("ivy", CoreCluster.PASSWORD, newClient())));

            assertThat(outcome.error()).isEqualTo(ErrorCode.BAD_CREDENTIALS);
            // The login begins anew, once.
            assertThat(encoder.comparisons()).isEqualTo(2);
        }
        assertThat(cluster.sql().number("SELECT COUNT(*) FROM auth_session WHERE user_id = 'ivy' AND ended_at IS NULL"))
                .isZero();
        assertThat(login(0, "ivy", "another horse", newClient()).succeeded()).isTrue();
    }

    private static LoginThrottle throttle() {
        return new LoginThrottle(AttemptLimits.defaults(), cluster.clock());
    }
}
