package io.portcullis.core.r2dbc;

import static java.util.stream.Collectors.collectingAndThen;
import static java.util.stream.Collectors.toList;

import io.portcullis.core.account.TenantScope;
import io.portcullis.core.audit.LoginLogEntry;
import io.portcullis.core.audit.LoginLogFilter;
import io.portcullis.core.audit.LoginLogResult;
import io.portcullis.core.audit.LoginLogType;
import io.portcullis.core.r2dbc.PageCost.Given;
import io.portcullis.core.session.Session;
import io.portcullis.core.session.SessionFilter;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Verifies for each filter and each pair of filters of the sessions and the login log that a page lists the right rows, along an
 * index, and that the server reads no more rows and index entries than the limits allow. The tables have 20,000 rows.
 */
@Timeout(300)
class PageCostIT {
    private static final int ROWS = 20_000;
    private static final Instant NOW = Instant.parse("2026-11-23T10:15:30.123Z");

    @RegisterExtension
    static final TestStore store = new TestStore();

    private static final PageCost cost = new PageCost(store);
    private static final R2dbcSessionRepository sessions =
            new R2dbcSessionRepository(cost.client(), CurrentTimeSql.SERVER, PageCost.LIMITS);
    private static final R2dbcLoginLogRepository log = new R2dbcLoginLogRepository(cost.client(), PageCost.LIMITS);

    @BeforeAll
    static void fill() {
        PageCost.createNumbers(store);
        // The newest rows have the lowest n. Three rows have the same time. A tenth is old, and unlike the others.
        String rows = PageCost.rows(ROWS);
        String common = "CASE WHEN old THEN 'old' WHEN MOD(n, 997) = 5 THEN 'rare' ELSE 'common' END";
        String name = "CONCAT(" + common + ", '-', MOD(n, 700))";
        String at = "TIMESTAMPADD(SECOND, -FLOOR(n / 3), '2026-11-23 10:15:30.123')";
        String tenant = "CASE WHEN MOD(n, 499) = 5 THEN 'rare' WHEN MOD(n, 3) > 0 THEN 'common' END";
        store.execute("""
                INSERT INTO auth_session (id, user_id, username, user_type, roles, device, ip, scopes, created_at,
                    last_seen_at, last_ip, expires_at, ended_at, tenant_id)
                SELECT UUID(), %1$s, %2$s, 'member', 'user', CASE WHEN MOD(n, 7) = 0 THEN NULL ELSE %2$s END, %2$s, '',
                    %3$s, %3$s, CASE WHEN MOD(n, 5) = 0 THEN 'common-x' ELSE %2$s END,
                    CASE WHEN MOD(n, 100) = 3 THEN '2026-11-22 00:00:00' ELSE '2026-12-24 00:00:00' END,
                    CASE WHEN MOD(n, 4) = 1 THEN '2026-11-23 00:00:00' END, %5$s
                FROM %4$s""".formatted(common, name, at, rows, tenant));
        store.execute("""
                INSERT INTO login_log (id, type, result, user_id, username, session_id, ip, created_at, tenant_id)
                SELECT UUID(), CASE WHEN old THEN 'REUSE' WHEN MOD(n, 997) = 5 THEN 'KICKED' WHEN MOD(n, 3) = 0 THEN
                    'LOGIN' ELSE 'LOGOUT' END, CASE WHEN MOD(n, 999) = 5 THEN 'ACCOUNT_DISABLED' WHEN MOD(n, 9) = 0
                    THEN 'BAD_CREDENTIALS' WHEN old THEN 'LATER' ELSE 'SUCCESS' END, %1$s, %2$s, %1$s, %2$s, %3$s, %5$s
                FROM %4$s""".formatted(common, name, at, rows, tenant));
        store.execute("ANALYZE TABLE auth_session, login_log");
    }

    @AfterAll
    static void closeConnection() {
        cost.close();
    }

    private static final List<String> VALUES = List.of("common", "rare", "old", "none");

    private static Stream<Given> tenants() {
        return Stream.of("common", "rare").map(tenant -> Given.equal("tenantId", "tenant_id", tenant));
    }

    private static TenantScope scope(List<Given> given) {
        String tenant = PageCost.value(given, "tenantId");
        return tenant == null ? TenantScope.ALL : TenantScope.of(tenant, Set.of());
    }

    private static List<List<Given>> sessionFilters() {
        Stream<Given> others = VALUES.stream()
                .flatMap(value -> Stream.of(
                        Given.equal("userId", "user_id", value),
                        Given.prefix("username", "username", value),
                        new Given("ip", value, "(ip LIKE '%1$s%%' OR last_ip LIKE '%1$s%%')".formatted(value)),
                        Given.prefix("device", "device", value)));
        return Stream.concat(tenants(), others).collect(collectingAndThen(toList(), PageCost::alonesAndPairs));
    }

    private static List<List<Given>> logFilters() {
        Stream<Given> texts = VALUES.stream()
                .flatMap(value -> Stream.of(
                        Given.equal("userId", "user_id", value),
                        Given.equal("sessionId", "session_id", value),
                        Given.prefix("username", "username", value),
                        Given.prefix("ip", "ip", value)));
        Stream<Given> types = Stream.of("LOGIN", "LOGOUT", "KICKED", "REUSE", "REPLACED")
                .map(type -> Given.equal("type", "type", type));
        Stream<Given> results = Stream.of("SUCCESS", "BAD_CREDENTIALS", "ACCOUNT_DISABLED", "TOO_MANY_TRIES")
                .map(result -> Given.equal("result", "result", result));
        Stream<Given> others = Stream.of(
                new Given("result", "OTHER", "result = 'LATER'"),
                new Given("from", "2026-11-23T09:15:30Z", "created_at >= '2026-11-23 09:15:30'"),
                new Given("to", "2026-11-23T09:00:00Z", "created_at < '2026-11-23 09:00:00'"));
        return Stream.of(tenants(), texts, types, results, others)
                .flatMap(given -> given)
                .collect(collectingAndThen(toList(), PageCost::alonesAndPairs));
    }

    @ParameterizedTest
    @MethodSource("sessionFilters")
    void sessionPageWhenFilteredThenTheRowsAtBoundedCost(List<Given> given) {
        var filter = new SessionFilter(
                scope(given),
                PageCost.value(given, "userId"),
                PageCost.value(given, "username"),
                PageCost.value(given, "ip"),
                PageCost.value(given, "device"));
        cost.requireBounded(
                given,
                cost.ids(
                        "id",
                        "auth_session WHERE ended_at IS NULL AND expires_at > '2026-11-23 10:15:30.123'",
                        given,
                        "created_at DESC, id DESC"),
                request -> sessions.pageLive(filter, NOW, request).map(page -> page.map(Session::id)));
    }

    @ParameterizedTest
    @MethodSource("logFilters")
    void logPageWhenFilteredThenTheRowsAtBoundedCost(List<Given> given) {
        String type = PageCost.value(given, "type");
        String result = PageCost.value(given, "result");
        var filter = new LoginLogFilter(
                scope(given),
                PageCost.value(given, "username"),
                PageCost.value(given, "userId"),
                PageCost.value(given, "sessionId"),
                PageCost.value(given, "ip"),
                type == null ? null : LoginLogType.ofName(type),
                result == null ? null : LoginLogResult.valueOf(result),
                PageCost.time(PageCost.value(given, "from")),
                PageCost.time(PageCost.value(given, "to")));
        cost.requireBounded(
                given,
                cost.ids("id", "login_log WHERE id IS NOT NULL", given, "created_at DESC, id DESC"),
                request -> log.page(filter, request).map(page -> page.map(LoginLogEntry::id)));
    }
}
