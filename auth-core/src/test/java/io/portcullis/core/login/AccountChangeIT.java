package io.portcullis.core.login;

import static org.assertj.core.api.Assertions.assertThat;

import io.portcullis.core.account.AccountStatus;
import io.portcullis.core.account.PasswordHasher;
import io.portcullis.core.account.TenantScope;
import io.portcullis.core.error.ErrorCode;
import io.portcullis.core.termination.Actor;
import io.portcullis.testbed.Await;
import io.portcullis.testbed.TcpProxy;
import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import reactor.core.publisher.Mono;

/**
 * Tests account changes that MySQL aborts after the tombstones of some sessions were written. The account is
 * unchanged, and the sessions whose tokens Redis refuses end in MySQL, too.
 */
@Timeout(180)
class AccountChangeIT {
    private static final String END_OF_SESSION = "UPDATE auth_session SET ended_at";
    private static final String LOCK_OF_SESSION = "FOR UPDATE";
    private static final String CHANGE_OF_ACCOUNT = "UPDATE account SET status";
    private static final String NEXT = "the next password";
    private static final Actor ADMIN = new Actor("root", CoreNode.CLIENT);

    private final PasswordHasher hasher = new PasswordHasher(new CountingEncoder(), 2, 128);
    private TcpProxy proxy;
    private CoreCluster cluster;
    private CoreNode cutOff;
    private AccountService accounts;

    @BeforeEach
    void start() {
        proxy = CoreCluster.proxyToDatabase();
        cluster = CoreCluster.start();
        cutOff = cluster.startNode(proxy.port());
        accounts = cutOff.services(hasher).accounts();
        cluster.addAccount("amy");
        cutOff.awaitTrust();
    }

    @AfterEach
    void stop() {
        cutOff.close();
        cluster.close();
        proxy.close();
        hasher.close();
    }

    /** Opens a session that is newer than the others and so is ended after them. */
    private LoginResult login() {
        cluster.clock().advance(Duration.ofMillis(1));
        return cluster.node(0).login("amy");
    }

    private String columnOfAmy(String column) {
        return cluster.sql()
                .texts("SELECT " + column + " FROM account WHERE id = 'amy'")
                .get(0);
    }

    private void assertResponseLost(Mono<Void> change, String... at) {
        var broken = proxy.dropResponse(at);
        assertThat(Outcome.of(change).error()).isEqualTo(ErrorCode.UNAVAILABLE);
        CoreCluster.assertCut(broken);
    }

    private void assertEndsLater(LoginResult login, ErrorCode reason) {
        Await.until(
                "MySQL has it, too", () -> cluster.loginLog(login.sessionId()).size() == 2);
        cluster.assertEverywhere(login.tokens().access(), reason);
        assertThat(cluster.node(0).refresh(login.tokens().refresh()).error()).isEqualTo(reason);
    }

    private void assertLives(LoginResult login) {
        cluster.assertEverywhere(login.tokens().access(), null);
        assertThat(cluster.node(0).refresh(login.tokens().refresh()).succeeded())
                .isTrue();
    }

    @Test
    void resetWhenMySqlFailsAtTheFirstSessionThenNothingHasChanged() {
        var first = login();
        var second = login();
        String before = columnOfAmy("password_hash");

        assertResponseLost(accounts.resetPassword("amy", NEXT, TenantScope.ALL, ADMIN), END_OF_SESSION);

        assertThat(columnOfAmy("password_hash")).isEqualTo(before);
        assertEndsLater(first, ErrorCode.SESSION_PASSWORD_CHANGED);
        assertLives(second);
        assertThat(login().userId()).as("the old password").isEqualTo("amy");
    }

    @Test
    void disablingWhenMySqlFailsAtTheFirstSessionThenNothingHasChanged() {
        var first = login();
        var second = login();

        assertResponseLost(accounts.setStatus("amy", AccountStatus.DISABLED, TenantScope.ALL, ADMIN), END_OF_SESSION);

        assertThat(columnOfAmy("status")).isEqualTo("ENABLED");
        assertEndsLater(first, ErrorCode.SESSION_ACCOUNT_DISABLED);
        assertLives(second);
    }

    @Test
    void changeWhenMySqlFailsAtTheSecondSessionThenBothEndLater() {
        var own = login();
        var first = login();
        var second = login();
        var identity = cluster.node(0).check(own.tokens().access()).get();
        String before = columnOfAmy("password_hash");

        assertResponseLost(
                accounts.changePassword(identity, CoreCluster.PASSWORD, NEXT, new Actor("amy", CoreNode.CLIENT)),
                END_OF_SESSION,
                LOCK_OF_SESSION,
                END_OF_SESSION);

        assertThat(columnOfAmy("password_hash")).isEqualTo(before);
        assertEndsLater(first, ErrorCode.SESSION_PASSWORD_CHANGED);
        assertEndsLater(second, ErrorCode.SESSION_PASSWORD_CHANGED);
        assertLives(own);
    }

    /** The oldest sessions end in transactions of their own, so that the transaction of the change stays short. */
    @Test
    void disablingWhenThereAreManyThenOnlyTheNewestAreInTheTransaction() {
        var sessions = Stream.generate(this::login).limit(8).toList();

        assertResponseLost(
                accounts.setStatus("amy", AccountStatus.DISABLED, TenantScope.ALL, ADMIN), CHANGE_OF_ACCOUNT);

        assertThat(columnOfAmy("status")).isEqualTo("ENABLED");
        assertThat(cluster.sql().number("SELECT COUNT(*) FROM auth_session WHERE ended_at IS NULL"))
                .isEqualTo(5);
        sessions.subList(0, 3).forEach(login -> assertEndsLater(login, ErrorCode.SESSION_ACCOUNT_DISABLED));
        sessions.subList(3, 8).forEach(this::assertLives);

        assertThat(Outcome.of(accounts.setStatus("amy", AccountStatus.DISABLED, TenantScope.ALL, ADMIN))
                        .succeeded())
                .isTrue();
        assertThat(columnOfAmy("status")).isEqualTo("DISABLED");
        sessions.forEach(
                login -> cluster.assertEverywhere(login.tokens().access(), ErrorCode.SESSION_ACCOUNT_DISABLED));
    }

    /** A retry after any of these failures succeeds and completes the whole change. */
    @Test
    void disablingWhenRepeatedAfterAFailureThenNoSessionIsLeft() {
        var first = login();
        var second = login();
        assertResponseLost(accounts.setStatus("amy", AccountStatus.DISABLED, TenantScope.ALL, ADMIN), END_OF_SESSION);

        assertThat(Outcome.of(accounts.setStatus("amy", AccountStatus.DISABLED, TenantScope.ALL, ADMIN))
                        .succeeded())
                .isTrue();

        assertThat(columnOfAmy("status")).isEqualTo("DISABLED");
        cluster.assertEverywhere(first.tokens().access(), ErrorCode.SESSION_ACCOUNT_DISABLED);
        cluster.assertEverywhere(second.tokens().access(), ErrorCode.SESSION_ACCOUNT_DISABLED);
        assertThat(cluster.sql().number("SELECT COUNT(*) FROM auth_session WHERE ended_at IS NULL"))
                .isZero();
    }
}
