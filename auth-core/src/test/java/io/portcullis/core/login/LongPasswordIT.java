package io.portcullis.core.login;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.portcullis.core.account.PasswordHasher;
import io.portcullis.core.error.ErrorCode;
import io.portcullis.core.r2dbc.QueryAccountRepository;
import io.portcullis.core.termination.Actor;
import io.portcullis.core.throttle.AttemptLimits;
import io.portcullis.core.throttle.LoginThrottle;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Passwords of more bytes than bcrypt reads. */
class LongPasswordIT {
    private static final CountingEncoder encoder = new CountingEncoder();

    private static CoreCluster cluster;
    private static PasswordHasher hasher;

    @BeforeAll
    static void start() {
        cluster = CoreCluster.start();
        hasher = new PasswordHasher(encoder, 2, 128);
    }

    @AfterAll
    static void stop() {
        hasher.close();
        cluster.close();
    }

    private static LoginThrottle throttle() {
        return new LoginThrottle(AttemptLimits.defaults(), cluster.clock());
    }

    private static Outcome<LoginResult> login(AuthServices services, String username, String password) {
        return Outcome.of(services.login().login(new LoginRequest(username, password, CoreNode.CLIENT)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"x", "\u00e9", "\u4e2d", "\ud83d\ude00"})
    void loginWhenLongerThanAnAccountsPasswordCanBeThenWrongAtTheSameCost(String character) {
        String longest = character.repeat(72 / character.getBytes(UTF_8).length);
        String user = "own-" + (int) character.charAt(0);
        cluster.addAccount(user);
        cluster.sql()
                .update("UPDATE account SET password_hash = '" + encoder.encode(longest) + "' WHERE id = '" + user
                        + "'");
        var services = cluster.node(0).services(hasher, throttle());
        int before = encoder.comparisons();

        assertThat(login(services, user, longest).succeeded()).isTrue();
        assertThat(login(services, user, longest + "x").error()).isEqualTo(ErrorCode.BAD_CREDENTIALS);
        assertThat(login(services, user, "wrong").error()).isEqualTo(ErrorCode.BAD_CREDENTIALS);

        assertThat(encoder.comparisons() - before).as("one each").isEqualTo(3);
    }

    @Test
    void changeWhenTheCurrentPasswordIsLongerThanItCanBeThenWrong() {
        String longest = "y".repeat(72);
        cluster.addAccount("changing");
        cluster.sql()
                .update("UPDATE account SET password_hash = '" + encoder.encode(longest) + "' WHERE id = 'changing'");
        var services = cluster.node(0).services(hasher, throttle());
        var login = login(services, "changing", longest).get();
        var identity = cluster.node(0).check(login.tokens().access()).get();
        var actor = new Actor("changing", CoreNode.CLIENT);

        assertThat(Outcome.of(services.accounts().changePassword(identity, longest + "y", "another password", actor))
                        .error())
                .isEqualTo(ErrorCode.WRONG_CURRENT_PASSWORD);
    }

    /** As the library did that made the hash. */
    @Test
    void loginWhenTheHashIsOfAnExistingTableThenTheFirst72BytesCount() {
        cluster.sql().update("CREATE TABLE longer (name VARCHAR(60), hash VARCHAR(99))");
        cluster.sql().update("INSERT INTO longer VALUES ('lou', '" + encoder.encode("z".repeat(72)) + "')");
        var node = cluster.node(0);
        var accounts = new QueryAccountRepository(
                node.database(),
                "SELECT 'id', name, hash, 1, '', 'member' FROM longer WHERE name = :username",
                List.of("1"));

        var services = node.servicesWith()
                .accounts(accounts)
                .hasher(hasher)
                .throttle(throttle())
                .build();

        assertThat(login(services, "lou", "z".repeat(73)).succeeded()).isTrue();
    }
}
