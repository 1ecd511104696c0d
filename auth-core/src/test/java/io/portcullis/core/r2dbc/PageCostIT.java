package io.portcullis.core.r2dbc;

import static io.portcullis.core.r2dbc.TestStore.await;
import static java.util.stream.Collectors.collectingAndThen;
import static java.util.stream.Collectors.joining;
import static java.util.stream.Collectors.toList;
import static org.assertj.core.api.Assertions.assertThat;

import io.portcullis.core.audit.LoginLogEntry;
import io.portcullis.core.audit.LoginLogFilter;
import io.portcullis.core.audit.LoginLogResult;
import io.portcullis.core.audit.LoginLogType;
import io.portcullis.core.paging.Page;
import io.portcullis.core.paging.PageRequest;
import io.portcullis.core.r2dbc.RecordedStatements.PlanLine;
import io.portcullis.core.r2dbc.pool.PoolSettings;
import io.portcullis.core.session.Session;
import io.portcullis.core.session.SessionFilter;
import io.r2dbc.pool.ConnectionPool;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.r2dbc.core.DatabaseClient;
import reactor.core.publisher.Mono;

/**
 * Verifies for each filter and each pair of filters that a page lists the right rows, along an index, and that the server reads no
 * more rows and index entries than the limits allow. The limits are a fortieth of the defaults, and the tables have 20,000 rows.
 */
@Timeout(300)
class PageCostIT {
    private static final int ROWS = 20_000;
    private static final PageLimits LIMITS = new PageLimits(250, 500, 300);
    /** The entries that the statements of one page may read, temporary tables and the sorting included. */
    private static final long MAX_READS = 9_000;

    private static final int PAGE_SIZE = 50;
    private static final int PAGES = 3;
    private static final Instant NOW = Instant.parse("2026-11-23T10:15:30.123Z");

    @RegisterExtension
    static final TestStore store = new TestStore();

    /** One connection, because the server counts the reads of each connection. */
    private static final ConnectionPool pool =
            store.newPool(PoolSettings.defaults().withMaxSize(1));

    private static final RecordedStatements statements = new RecordedStatements(pool);
    private static final DatabaseClient client = DatabaseClient.create(statements);
    private static final R2dbcSessionRepository sessions =
            new R2dbcSessionRepository(client, CurrentTimeSql.SERVER, LIMITS);
    private static final R2dbcLoginLogRepository log = new R2dbcLoginLogRepository(client, LIMITS);

    /** The statements whose plans were verified, because the same ones are executed with many values. */
    private static final Set<List<String>> explained = new HashSet<>();

    @BeforeAll
    static void fill() {
        store.execute("CREATE TABLE test_number (n INT NOT NULL PRIMARY KEY)");
        store.execute("INSERT INTO test_number SELECT 100 * a.n + 10 * b.n + c.n FROM (%1$s) a, (%1$s) b, (%1$s) c"
                .formatted("SELECT 0 n UNION SELECT 1 UNION SELECT 2 UNION SELECT 3 UNION SELECT 4 UNION SELECT 5"
                        + " UNION SELECT 6 UNION SELECT 7 UNION SELECT 8 UNION SELECT 9"));
        // The newest rows have the lowest n. Three rows have the same time. A tenth is old, and unlike the others.
        String rows = "(SELECT 1000 * a.n + b.n AS n, 1000 * a.n + b.n >= %d AS old FROM test_number a, test_number b"
                        .formatted(ROWS - ROWS / 10)
                + " WHERE a.n < " + ROWS / 1_000 + ") r";
        String common = "CASE WHEN old THEN 'old' WHEN MOD(n, 997) = 5 THEN 'rare' ELSE 'common' END";
        String name = "CONCAT(" + common + ", '-', MOD(n, 700))";
        String at = "TIMESTAMPADD(SECOND, -FLOOR(n / 3), '2026-11-23 10:15:30.123')";
        store.execute("""
                INSERT INTO auth_session (id, user_id, username, user_type, roles, device, ip, scopes, created_at,
                    last_seen_at, last_ip, expires_at, ended_at)
                SELECT UUID(), %1$s, %2$s, 'member', 'user', CASE WHEN MOD(n, 7) = 0 THEN NULL ELSE %2$s END, %2$s, '',
                    %3$s, %3$s, CASE WHEN MOD(n, 5) = 0 THEN 'common-x' ELSE %2$s END,
                    CASE WHEN MOD(n, 100) = 3 THEN '2026-11-22 00:00:00' ELSE '2026-12-24 00:00:00' END,
                    CASE WHEN MOD(n, 4) = 1 THEN '2026-11-23 00:00:00' END FROM %4$s""".formatted(common, name, at, rows));
        store.execute("""
                INSERT INTO login_log (id, type, result, user_id, username, session_id, ip, created_at)
                SELECT UUID(), CASE WHEN old THEN 'REUSE' WHEN MOD(n, 997) = 5 THEN 'KICKED' WHEN MOD(n, 3) = 0 THEN
                    'LOGIN' ELSE 'LOGOUT' END, CASE WHEN MOD(n, 999) = 5 THEN 'ACCOUNT_DISABLED' WHEN MOD(n, 9) = 0
                    THEN 'BAD_CREDENTIALS' WHEN old THEN 'LATER' ELSE 'SUCCESS' END, %1$s, %2$s, %1$s, %2$s, %3$s
                FROM %4$s""".formatted(common, name, at, rows));
        store.execute("ANALYZE TABLE auth_session, login_log");
    }

    @AfterAll
    static void closePool() {
        pool.dispose();
    }

    /** A filter of the request, and the condition in SQL that it stands for. */
    private record Given(String name, String value, String condition) {
        static Given equal(String name, String column, String value) {
            return new Given(name, value, "%s = '%s'".formatted(column, value));
        }

        static Given prefix(String name, String column, String value) {
            return new Given(name, value, "%s LIKE '%s%%'".formatted(column, value));
        }

        @Override
        public String toString() {
            return name + "=" + value;
        }
    }

    private static final List<String> VALUES = List.of("common", "rare", "old", "none");

    private static List<List<Given>> sessionFilters() {
        return VALUES.stream()
                .flatMap(value -> Stream.of(
                        Given.equal("userId", "user_id", value),
                        Given.prefix("username", "username", value),
                        new Given("ip", value, "(ip LIKE '%1$s%%' OR last_ip LIKE '%1$s%%')".formatted(value)),
                        Given.prefix("device", "device", value)))
                .collect(collectingAndThen(toList(), PageCostIT::alonesAndPairs));
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
        return Stream.of(texts, types, results, others)
                .flatMap(given -> given)
                .collect(collectingAndThen(toList(), PageCostIT::alonesAndPairs));
    }

    private static List<List<Given>> alonesAndPairs(List<Given> all) {
        List<List<Given>> sets = new ArrayList<>(List.of(List.of()));
        for (Given one : all) {
            sets.add(List.of(one));
            all.stream()
                    .filter(other -> one.name().compareTo(other.name()) < 0)
                    .forEach(other -> sets.add(List.of(one, other)));
        }
        return sets;
    }

    @ParameterizedTest
    @MethodSource("sessionFilters")
    void sessionPageWhenFilteredThenTheRowsAtBoundedCost(List<Given> given) {
        var filter = new SessionFilter(
                value(given, "userId"), value(given, "username"), value(given, "ip"), value(given, "device"));
        requireBounded(
                given,
                expected("auth_session", given, "ended_at IS NULL AND expires_at > '2026-11-23 10:15:30.123'"),
                request -> sessions.pageLive(filter, NOW, request).map(page -> page.map(Session::id)));
    }

    @ParameterizedTest
    @MethodSource("logFilters")
    void logPageWhenFilteredThenTheRowsAtBoundedCost(List<Given> given) {
        String type = value(given, "type");
        String result = value(given, "result");
        var filter = new LoginLogFilter(
                value(given, "username"),
                value(given, "userId"),
                value(given, "sessionId"),
                value(given, "ip"),
                type == null ? null : LoginLogType.ofName(type),
                result == null ? null : LoginLogResult.valueOf(result),
                time(value(given, "from")),
                time(value(given, "to")));
        requireBounded(
                given,
                expected("login_log", given, "id IS NOT NULL"),
                request -> log.page(filter, request).map(page -> page.map(LoginLogEntry::id)));
    }

    private static @Nullable String value(List<Given> given, String name) {
        return given.stream()
                .filter(one -> one.name().equals(name))
                .map(Given::value)
                .findFirst()
                .orElse(null);
    }

    private static @Nullable Instant time(@Nullable String text) {
        return text == null ? null : Instant.parse(text);
    }

    /** Returns the ids of all rows that match, newest first, by a statement without limits and hints. */
    private static List<String> expected(String table, List<Given> given, String always) {
        String conditions = given.stream().map(one -> " AND " + one.condition()).collect(joining());
        return await(store.client
                .sql("SELECT id FROM " + table + " WHERE " + always + conditions + " ORDER BY created_at DESC, id DESC")
                .map(row -> ColumnValues.text(row, "id"))
                .all()
                .collectList());
    }

    /** Reads the first pages, or all if they lead to the oldest rows. */
    private static void requireBounded(
            List<Given> given, List<String> expected, Function<PageRequest, Mono<Page<String>>> pages) {
        boolean toTheEnd = given.size() == 1 && given.get(0).value().matches("old|REUSE");
        List<String> listed = new ArrayList<>();
        Page<String> page = read(new PageRequest(1, PAGE_SIZE), pages);
        requireCount(page, expected.size());
        listed.addAll(page.list());
        for (int read = 1; page.next() != null && (toTheEnd || read < PAGES); read++) {
            page = read(new PageRequest(1, PAGE_SIZE, page.next()), pages);
            listed.addAll(page.list());
        }
        assertThat(listed).isEqualTo(expected.subList(0, Math.min(listed.size(), expected.size())));
        if (page.next() == null) {
            assertThat(listed).hasSameSizeAs(expected);
        }
    }

    private static void requireCount(Page<String> page, int expected) {
        if (page.counted().more()) {
            assertThat(page.total()).isLessThanOrEqualTo(Math.min(expected, LIMITS.counted()));
        } else {
            assertThat(page.total()).isEqualTo(expected);
        }
    }

    private static Page<String> read(PageRequest request, Function<PageRequest, Mono<Page<String>>> pages) {
        long before = reads();
        statements.take();
        Page<String> page = await(pages.apply(request));
        List<RecordedStatements.Recorded> executed = statements.take();
        assertThat(reads() - before).as("reads of %s", executed).isLessThan(MAX_READS);
        if (explained.add(
                executed.stream().map(RecordedStatements.Recorded::sql).toList())) {
            executed.forEach(PageCostIT::requireIndexes);
        }
        return page;
    }

    private static long reads() {
        return await(DatabaseClient.create(pool)
                .sql("SHOW SESSION STATUS LIKE 'Handler_read%'")
                .map(row -> Long.parseLong(ColumnValues.text(row, "Value")))
                .all()
                .reduce(0L, Long::sum));
    }

    private static void requireIndexes(RecordedStatements.Recorded statement) {
        if (statement.sql().startsWith("SELECT")) {
            assertThat(await(statements.explain(statement).collectList()))
                    .as(statement.sql())
                    .noneMatch(PageCostIT::isScanOfTable);
        }
    }

    /** The access to a table is one along an index; the access to a derived table, whose size is limited, may be a scan. */
    private static boolean isScanOfTable(PlanLine line) {
        return line.table().matches("t|auth_session|login_log") && line.key().equals("null");
    }
}
