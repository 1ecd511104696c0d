package io.portcullis.core.r2dbc;

import static io.portcullis.core.r2dbc.TestStore.await;
import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;

import io.portcullis.core.paging.Page;
import io.portcullis.core.paging.PageRequest;
import io.portcullis.core.r2dbc.RecordedStatements.PlanLine;
import io.r2dbc.pool.ConnectionPool;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.springframework.r2dbc.core.DatabaseClient;
import reactor.core.publisher.Mono;

/**
 * Reads pages and verifies what they cost the server: the entries that it reads, and the indexes that it uses. The limits are a fortieth
 * of the defaults.
 */
final class PageCost {
    static final PageLimits LIMITS = new PageLimits(250, 500, 300);
    /** The entries that the statements of one page may read, temporary tables and the sorting included. */
    private static final long MAX_READS = 9_000;

    private static final int PAGE_SIZE = 50;
    private static final int PAGES = 3;

    private final TestStore store;
    /** One connection, because the server counts the reads of each connection. */
    private final ConnectionPool pool;

    private final RecordedStatements statements;
    private final DatabaseClient client;

    /** The statements whose plans were verified, because the same ones are executed with many values. */
    private final Set<List<String>> explained = new HashSet<>();

    PageCost(TestStore store) {
        this.store = store;
        this.pool = store.newPool(OpenedPools.SETTINGS.withMaxSize(1));
        this.statements = new RecordedStatements(pool);
        this.client = DatabaseClient.create(statements);
    }

    /** Returns the client whose statements are verified. */
    DatabaseClient client() {
        return client;
    }

    void close() {
        pool.dispose();
    }

    /** Creates a table with the numbers below 1,000. */
    static void createNumbers(TestStore store) {
        store.execute("CREATE TABLE test_number (n INT NOT NULL PRIMARY KEY)");
        store.execute("INSERT INTO test_number SELECT 100 * a.n + 10 * b.n + c.n FROM (%1$s) a, (%1$s) b, (%1$s) c"
                .formatted("SELECT 0 n UNION SELECT 1 UNION SELECT 2 UNION SELECT 3 UNION SELECT 4 UNION SELECT 5"
                        + " UNION SELECT 6 UNION SELECT 7 UNION SELECT 8 UNION SELECT 9"));
    }

    /** Returns a derived table with the columns n, below the count, and old, which is true for the last tenth. */
    static String rows(int count) {
        return "(SELECT 1000 * a.n + b.n AS n, 1000 * a.n + b.n >= %d AS old FROM test_number a, test_number b"
                        .formatted(count - count / 10)
                + " WHERE a.n < " + count / 1_000 + ") r";
    }

    /** A filter of the request, and the condition in SQL that it stands for. */
    record Given(String name, String value, String condition) {
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

    /** Returns no filter, each filter, and each pair of filters with different names. */
    static List<List<Given>> alonesAndPairs(List<Given> all) {
        List<List<Given>> sets = new ArrayList<>(List.of(List.of()));
        for (Given one : all) {
            sets.add(List.of(one));
            all.stream()
                    .filter(other -> one.name().compareTo(other.name()) < 0)
                    .forEach(other -> sets.add(List.of(one, other)));
        }
        return sets;
    }

    static @Nullable String value(List<Given> given, String name) {
        return given.stream()
                .filter(one -> one.name().equals(name))
                .map(Given::value)
                .findFirst()
                .orElse(null);
    }

    static @Nullable Instant time(@Nullable String text) {
        return text == null ? null : Instant.parse(text);
    }

    /** Returns the ids of all rows that match, in the order of the list, by a statement without limits and hints. */
    List<String> ids(String id, String from, List<Given> given, String order) {
        String conditions = given.stream().map(one -> " AND " + one.condition()).collect(joining());
        return await(store.client
                .sql("SELECT " + id + " AS id FROM " + from + conditions + " ORDER BY " + order)
                .map(row -> ColumnValues.text(row, "id"))
                .all()
                .collectList());
    }

    /** Reads the first pages, or all if they lead to the oldest rows. */
    void requireBounded(List<Given> given, List<String> expected, Function<PageRequest, Mono<Page<String>>> pages) {
        boolean toTheEnd = given.size() == 1 && given.get(0).value().matches("old|REUSE|b{8}");
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

    private Page<String> read(PageRequest request, Function<PageRequest, Mono<Page<String>>> pages) {
        long before = reads();
        statements.take();
        Page<String> page = await(pages.apply(request));
        List<RecordedStatements.Recorded> executed = statements.take();
        assertThat(reads() - before).as("reads of %s", executed).isLessThan(MAX_READS);
        if (explained.add(
                executed.stream().map(RecordedStatements.Recorded::sql).toList())) {
            executed.forEach(this::requireIndexes);
        }
        return page;
    }

    private long reads() {
        return await(DatabaseClient.create(pool)
                .sql("SHOW SESSION STATUS LIKE 'Handler_read%'")
                .map(row -> Long.parseLong(ColumnValues.text(row, "Value")))
                .all()
                .reduce(0L, Long::sum));
    }

    private void requireIndexes(RecordedStatements.Recorded statement) {
        if (statement.sql().startsWith("SELECT")) {
            assertThat(await(statements.explain(statement).collectList()))
                    .as(statement.sql())
                    .noneMatch(PageCost::isScanOfTable);
        }
    }

    /** The access to a table is one along an index; the access to a derived table, whose size is limited, may be a scan. */
    private static boolean isScanOfTable(PlanLine line) {
        return line.table().matches("t|auth_session|login_log|token_use")
                && line.key().equals("null");
    }
}
