package io.portcullis.core.login;

import static org.assertj.core.api.Assertions.assertThat;

import io.portcullis.core.account.AccountStatus;
import io.portcullis.core.account.TenantScope;
import io.portcullis.core.error.ErrorCode;
import io.portcullis.core.session.ClientInfo;
import io.portcullis.core.termination.Actor;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class LoginIT {
    @AutoClose
    private static CoreCluster cluster;

    @BeforeAll
    static void start() {
        cluster = CoreCluster.start();
    }

    @Test
    void loginWhenThePasswordIsRightThenBothTokensWorkOnEveryNode() {
        cluster.addAccount("anna", "admin", "auditor");

        var login = cluster.node(0).login("anna");

        var identity = cluster.node(1).check(login.tokens().access()).get();
        assertThat(identity.userId()).isEqualTo("anna");
        assertThat(identity.username()).isEqualTo("anna");
        assertThat(identity.userType()).isEqualTo("member");
        assertThat(identity.roles()).containsExactlyInAnyOrder("admin", "auditor");
        assertThat(identity.sessionId()).isEqualTo(login.sessionId());
        assertThat(cluster.node(1).refresh(login.tokens().refresh()).succeeded())
                .isTrue();
        assertThat(cluster.loginLog(login.sessionId())).containsExactly("LOGIN/SUCCESS/anna");
    }

    @Test
    void loginWhenThePasswordIsWrongThenItIsRefusedAndLogged() {
        cluster.addAccount("ben");

        assertThat(cluster.node(0).login("ben", "wrong horse").error()).isEqualTo(ErrorCode.BAD_CREDENTIALS);

        assertThat(results("ben")).containsExactly("BAD_CREDENTIALS");
        assertThat(sessions("ben")).isZero();
    }

    @Test
    void loginWhenTheUserIsUnknownThenItIsRefusedAlikeAndLogged() {
        assertThat(cluster.node(0).login("nobody", CoreCluster.PASSWORD).error())
                .isEqualTo(ErrorCode.BAD_CREDENTIALS);

        assertThat(results("nobody")).containsExactly("BAD_CREDENTIALS");
    }

    static Stream<String> outlandishNames() {
        return Stream.of("", "x".repeat(5_000), "a\u0000b", "\ud83d\ude00", "\ud83d", "' OR 1=1 -- ");
    }

    @ParameterizedTest(name = "{index}")
    @MethodSource("outlandishNames")
    void loginWhenTheNameIsOutlandishThenItIsRefusedAlike(String name) {
        assertThat(cluster.node(0).login(name, CoreCluster.PASSWORD).error()).isEqualTo(ErrorCode.BAD_CREDENTIALS);
    }

    @Test
    void loginWhenTheAccountIsDisabledThenOnlyTheRightPasswordIsTold() {
        cluster.addAccount("cleo");
        var actor = new Actor("root", CoreNode.CLIENT);
        cluster.node(0)
                .run(cluster.node(0)
                        .services()
                        .accounts()
                        .setStatus("cleo", AccountStatus.DISABLED, TenantScope.ALL, actor));

        assertThat(cluster.node(1).login("cleo", "wrong horse").error()).isEqualTo(ErrorCode.BAD_CREDENTIALS);
        assertThat(cluster.node(1).login("cleo", CoreCluster.PASSWORD).error()).isEqualTo(ErrorCode.ACCOUNT_DISABLED);

        assertThat(results("cleo"))
                .as("the first is of the disabling")
                .containsExactlyInAnyOrder("SUCCESS", "BAD_CREDENTIALS", "ACCOUNT_DISABLED");
        assertThat(sessions("cleo")).isZero();
    }

    @Test
    void loginGivenTooManyBadAttemptsThenEvenTheRightPasswordWaits() {
        cluster.addAccount("dora");
        for (int i = 0; i < 10; i++) {
            assertThat(cluster.node(i).login("dora", "wrong horse").error()).isEqualTo(ErrorCode.BAD_CREDENTIALS);
        }

        var refused = cluster.node(0).login("dora", CoreCluster.PASSWORD);

        assertThat(refused.error()).isEqualTo(ErrorCode.TOO_MANY_LOGIN_ATTEMPTS);
        assertThat(results("dora")).hasSize(11).contains("TOO_MANY_TRIES");
        var elsewhere = new ClientInfo("198.51.100.9", null, null, null);
        assertThat(Outcome.of(cluster.node(0)
                                .services()
                                .login()
                                .login(new LoginRequest("dora", CoreCluster.PASSWORD, elsewhere)))
                        .succeeded())
                .as("another address is not shut out")
                .isTrue();
        cluster.clock().advance(Duration.ofMinutes(6));
        assertThat(cluster.node(0).login("dora", CoreCluster.PASSWORD).succeeded())
                .isTrue();
    }

    private static List<String> results(String username) {
        return cluster.sql().texts("SELECT result FROM login_log WHERE username = ?", username);
    }

    private static long sessions(String userId) {
        return cluster.sql().number("SELECT COUNT(*) FROM auth_session WHERE user_id = ?", userId);
    }
}
