package io.portcullis.core.r2dbc;

import static io.portcullis.core.r2dbc.TestStore.await;
import static io.portcullis.core.r2dbc.TestStore.run;
import static org.assertj.core.api.Assertions.assertThat;

import io.portcullis.core.account.TenantScope;
import io.portcullis.core.audit.FailedAttempts;
import io.portcullis.core.audit.LoginLogEntry;
import io.portcullis.core.audit.LoginLogFilter;
import io.portcullis.core.audit.LoginLogResult;
import io.portcullis.core.audit.LoginLogType;
import io.portcullis.core.paging.PageRequest;
import io.portcullis.core.session.AddressBlock;
import io.portcullis.core.session.ClientInfo;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import reactor.core.publisher.Flux;

@Timeout(180)
class R2dbcLoginLogRepositoryIT {
    private static final Instant NOW = Instant.parse("2026-11-23T10:15:30.123Z");

    @RegisterExtension
    static final TestStore store = new TestStore();

    private final R2dbcLoginLogRepository loginLog = new R2dbcLoginLogRepository(store.client);
    private final String username = UUID.randomUUID().toString();

    private static LoginLogEntry entry(String username, LoginLogResult result, Instant at) {
        return new LoginLogEntry(
                UUID.randomUUID().toString(),
                LoginLogType.LOGIN,
                result,
                null,
                username,
                null,
                "192.0.2.1",
                null,
                at,
                null);
    }

    @Test
    void pageWhenFilteredThenNewestFirstWithinTimes() {
        LoginLogEntry first = entry(username, LoginLogResult.BAD_CREDENTIALS, NOW);
        LoginLogEntry second = entry(username, LoginLogResult.SUCCESS, NOW.plusSeconds(1));
        LoginLogEntry third = entry(username, LoginLogResult.SUCCESS, NOW.plusSeconds(2));
        run(loginLog.append(first).then(loginLog.append(second)).then(loginLog.append(third)));

        LoginLogFilter all = new LoginLogFilter(
                TenantScope.ALL, username, null, null, "192.0", LoginLogType.LOGIN, null, NOW, NOW.plusSeconds(2));
        assertThat(await(loginLog.page(all, new PageRequest(1, 10))).list()).containsExactly(second, first);
        LoginLogFilter good = new LoginLogFilter(
                TenantScope.ALL, username, null, null, null, null, LoginLogResult.SUCCESS, null, null);
        assertThat(await(loginLog.page(good, new PageRequest(1, 10))).total()).isEqualTo(2);
        assertThat(await(loginLog.page(good, new PageRequest(2, 1))).list()).containsExactly(second);
    }

    /** A node of a later release writes values that this release does not define, during a rolling upgrade. */
    @Test
    void pageWhenFilteredByOtherThenTheRowsThatAreShownAsOther() {
        LoginLogEntry known = entry(username, LoginLogResult.SUCCESS, NOW);
        LoginLogEntry laterType = entry(username, LoginLogResult.SUCCESS, NOW);
        LoginLogEntry laterResult = entry(username, LoginLogResult.BAD_CREDENTIALS, NOW);
        run(loginLog.append(known).then(loginLog.append(laterType)).then(loginLog.append(laterResult)));
        store.execute("UPDATE login_log SET type = 'PASSKEY' WHERE id = '" + laterType.id() + "'");
        store.execute("UPDATE login_log SET result = 'success' WHERE id = '" + laterResult.id() + "'");

        assertThat(ids(LoginLogType.OTHER, null)).containsExactly(laterType.id());
        assertThat(ids(null, LoginLogResult.OTHER)).containsExactly(laterResult.id());
        assertThat(ids(LoginLogType.OTHER, LoginLogResult.OTHER)).isEmpty();
        assertThat(ids(LoginLogType.LOGIN, LoginLogResult.SUCCESS)).containsExactly(known.id());
        assertThat(ids(LoginLogType.OTHER, LoginLogResult.SUCCESS)).containsExactly(laterType.id());
    }

    private List<String> ids(@Nullable LoginLogType type, @Nullable LoginLogResult result) {
        var filter = new LoginLogFilter(TenantScope.ALL, username, null, null, null, type, result, null, null);
        return await(loginLog.page(filter, new PageRequest(1, 10)))
                .map(LoginLogEntry::id)
                .list();
    }

    @Test
    void countFailedAttemptsGivenAnUnknownNameThenThoseFromTheAddress() {
        run(loginLog.append(entry(username, LoginLogResult.BAD_CREDENTIALS, NOW))
                .then(loginLog.append(entry(username, LoginLogResult.BAD_CREDENTIALS, NOW.plusSeconds(1))))
                .then(loginLog.append(entry(username, LoginLogResult.SUCCESS, NOW.plusSeconds(1)))));

        assertThat(countFailedAttempts(null, username, "192.0.2.1", NOW)).isEqualTo(new FailedAttempts(2, 0));
        assertThat(countFailedAttempts(null, username, "192.0.2.1", NOW.plusMillis(1)))
                .isEqualTo(new FailedAttempts(1, 0));
        assertThat(countFailedAttempts(null, username, "192.0.2.2", NOW)).isEqualTo(new FailedAttempts(0, 0));
    }

    @Test
    void countFailedAttemptsGivenAnAccountThenThoseUnderAnySpelling() {
        String id = UUID.randomUUID().toString();
        run(Flux.just("2001:db8:1:2::1", "2001:db8:1:2:ffff::2", "2001:db8:1:3::1", "192.0.2.1")
                .concatMap(ip -> loginLog.append(failure(id, username + ip, ip)))
                .then());

        assertThat(countFailedAttempts(id, username, "2001:db8:1:2::77", NOW)).isEqualTo(new FailedAttempts(2, 4));
        assertThat(countFailedAttempts(id, username, "2001:db8:1:3::77", NOW)).isEqualTo(new FailedAttempts(1, 4));
        assertThat(countFailedAttempts(id, username, "192.0.2.9", NOW)).isEqualTo(new FailedAttempts(0, 4));
        assertThat(countFailedAttempts(id, username, "192.0.2.9", NOW.plusMillis(1)))
                .isEqualTo(new FailedAttempts(0, 0));
    }

    @Test
    void hasLoggedInFromWhenALoginSucceededInTheBlockThenTrue() {
        run(loginLog.append(entry(username, LoginLogResult.SUCCESS, NOW))
                .then(loginLog.append(failure("id", username, "192.0.2.2"))));

        assertThat(await(loginLog.hasLoggedInFrom(username, null, AddressBlock.of("192.0.2.1"))))
                .isTrue();
        assertThat(await(loginLog.hasLoggedInFrom(username, null, AddressBlock.of("192.0.2.2"))))
                .isFalse();
    }

    @Test
    void appendWhenNameIsTooLongThenCut() {
        String longName = username + "x".repeat(500);
        run(loginLog.append(entry(longName, LoginLogResult.BAD_CREDENTIALS, NOW)));

        assertThat(countFailedAttempts(null, longName, "192.0.2.1", NOW).fromAddressBlock())
                .isEqualTo(1);
    }

    private FailedAttempts countFailedAttempts(@Nullable String userId, String name, String ip, Instant since) {
        var client = new ClientInfo(ip, null, null, null);
        return await(loginLog.countFailedAttempts(userId, name, null, AddressBlock.of(client.ip()), since));
    }

    private static LoginLogEntry failure(String userId, String name, String ip) {
        return new LoginLogEntry(
                UUID.randomUUID().toString(),
                LoginLogType.LOGIN,
                LoginLogResult.BAD_CREDENTIALS,
                userId,
                name,
                null,
                new ClientInfo(ip, null, null, null).ip(),
                null,
                NOW,
                null);
    }
}
