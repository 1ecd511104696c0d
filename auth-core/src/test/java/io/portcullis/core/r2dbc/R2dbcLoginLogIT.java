package io.portcullis.core.r2dbc;

import static io.portcullis.core.r2dbc.TestStore.await;
import static io.portcullis.core.r2dbc.TestStore.run;
import static org.assertj.core.api.Assertions.assertThat;

import io.portcullis.core.audit.LoginLogEntry;
import io.portcullis.core.audit.LoginLogFilter;
import io.portcullis.core.audit.LoginLogResult;
import io.portcullis.core.audit.LoginLogType;
import io.portcullis.core.transaction.PageRequest;
import java.time.Instant;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

@Timeout(60)
class R2dbcLoginLogIT {
    private static final Instant NOW = Instant.parse("2026-11-23T10:15:30.123Z");

    @RegisterExtension
    static final TestStore store = new TestStore();

    private final R2dbcLoginLog loginLog = new R2dbcLoginLog(store.client);
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

        LoginLogFilter all = new LoginLogFilter(username, "192.0", LoginLogType.LOGIN, null, NOW, NOW.plusSeconds(2));
        assertThat(await(loginLog.page(all, new PageRequest(1, 10))).list()).containsExactly(second, first);
        LoginLogFilter good = new LoginLogFilter(username, null, null, LoginLogResult.SUCCESS, null, null);
        assertThat(await(loginLog.page(good, new PageRequest(1, 10))).total()).isEqualTo(2);
        assertThat(await(loginLog.page(good, new PageRequest(2, 1))).list()).containsExactly(second);
    }

    @Test
    void countBadCredentialsWhenSinceThenCountsThoseFromThen() {
        run(loginLog.append(entry(username, LoginLogResult.BAD_CREDENTIALS, NOW))
                .then(loginLog.append(entry(username, LoginLogResult.BAD_CREDENTIALS, NOW.plusSeconds(1))))
                .then(loginLog.append(entry(username, LoginLogResult.SUCCESS, NOW.plusSeconds(1)))));

        assertThat(await(loginLog.countBadCredentials(username, "192.0.2.1", NOW)))
                .isEqualTo(2);
        assertThat(await(loginLog.countBadCredentials(username, "192.0.2.1", NOW.plusMillis(1))))
                .isEqualTo(1);
        assertThat(await(loginLog.countBadCredentials(username, "192.0.2.2", NOW)))
                .isZero();
    }

    @Test
    void appendWhenNameIsTooLongThenCut() {
        String longName = username + "x".repeat(500);
        run(loginLog.append(entry(longName, LoginLogResult.BAD_CREDENTIALS, NOW)));

        assertThat(await(loginLog.countBadCredentials(longName, "192.0.2.1", NOW)))
                .isEqualTo(1);
    }
}
