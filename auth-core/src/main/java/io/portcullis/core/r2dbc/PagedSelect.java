package io.portcullis.core.r2dbc;

import io.portcullis.core.paging.Counted;
import io.portcullis.core.paging.Cursor;
import io.portcullis.core.paging.Page;
import io.portcullis.core.paging.PageRequest;
import io.r2dbc.spi.Readable;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.springframework.r2dbc.core.DatabaseClient;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Reads a page of a table, newest first, at a cost that is bounded whatever the filters match (docs/adr/0027). The statements:
 *
 * <pre>
 * sizes  the number of index entries of each filter, each counted up to a limit; omitted without filters
 * floor  the time at which a walk along the ordered index reaches its limit; only if every filter has more entries than that
 * count  the matching rows since the floor, up to {@link PageLimits#counted}; omitted for a page after a cursor
 * page   the rows of the page
 * </pre>
 *
 * <p>They are not atomic.
 */
final class PagedSelect<T> {
    private final DatabaseClient client;
    private final PageFilters filters;
    private final PageOrder order;
    private final PageSql sql;
    private final PageLimits limits;
    private final PageRequest request;
    private final Function<Readable, T> mapper;

    PagedSelect(
            DatabaseClient client,
            PageFilters filters,
            PageLimits limits,
            PageRequest request,
            Function<Readable, T> mapper) {
        this.client = client;
        this.filters = filters;
        this.order = filters.order();
        this.sql = filters.sql();
        this.limits = limits;
        this.request = request;
        this.mapper = mapper;
    }

    /** Emits the page. Fails with {@code BAD_REQUEST} if its number is beyond the counted elements. */
    Mono<Page<T>> read() {
        return plan().flatMap(this::read).onErrorMap(StoreFailures::translate);
    }

    private Mono<Page<T>> read(Plan plan) {
        return counted(plan).flatMap(counted -> {
            request.requireWithin(counted);
            return rows(plan).collectList().map(rows -> page(plan, counted, rows));
        });
    }

    private Mono<Plan> plan() {
        List<Access> accesses = filters.accesses();
        if (accesses.size() == 1) {
            return walk();
        }
        List<Integer> capacities = accesses.stream().map(this::capacity).toList();
        return execute(sql.sizes(accesses, capacities), null)
                .map(row -> cheapest(accesses, capacities, row))
                .one()
                .flatMap(access ->
                        access.map(found -> Mono.just(new Plan(found, null))).orElseGet(this::walk));
    }

    /** Returns the access that uses the smallest part of its capacity; empty if each has more entries than its capacity. */
    private static Optional<Access> cheapest(List<Access> accesses, List<Integer> capacities, Readable row) {
        Access best = null;
        double bestLoad = 1;
        for (int i = 0; i < accesses.size(); i++) {
            double load = ColumnValues.number(row, PageSql.sizeName(i)) / (double) capacities.get(i);
            if (load < bestLoad) {
                bestLoad = load;
                best = accesses.get(i);
            }
        }
        return Optional.ofNullable(best);
    }

    private int capacity(Access access) {
        return access.covers(filters.columns()) ? limits.entries() : limits.rows();
    }

    private Mono<Plan> walk() {
        Access access = filters.walk();
        if (filters.areAllOf(access)) {
            // Each entry is an element, so the walk ends with the page.
            return Mono.just(new Plan(access, null));
        }
        return execute(sql.floor(access, request.after() != null, capacity(access)), null)
                .map(row -> new Plan(access, ColumnValues.instantOrNull(row, "floor")))
                .one();
    }

    private Mono<Counted> counted(Plan plan) {
        Cursor after = request.after();
        if (after != null) {
            return Mono.just(after.counted());
        }
        int limit = limits.counted() + 1;
        return execute(sql.count(plan.access(), filters.conditions(), plan.floor() != null, limit), plan.floor())
                .map(row -> ColumnValues.number(row, "total"))
                .one()
                .map(total ->
                        total < limit ? new Counted(total, plan.floor() != null) : new Counted(limits.counted(), true));
    }

    /** Emits the rows of the page, and one more if there is one. */
    private Flux<Row<T>> rows(Plan plan) {
        String select = sql.page(
                plan.access(),
                filters.conditions(),
                request.after() != null,
                plan.floor() != null,
                request.offset(),
                request.pageSize() + 1);
        return execute(select, plan.floor()).map(this::row).all();
    }

    private Row<T> row(Readable row) {
        return new Row<>(mapper.apply(row), ColumnValues.instant(row, order.time()), order.idOf(row));
    }

    private Page<T> page(Plan plan, Counted counted, List<Row<T>> rows) {
        int size = Math.min(rows.size(), request.pageSize());
        List<T> list = rows.stream().limit(size).map(Row::element).toList();
        if (rows.size() > size) {
            Row<T> last = rows.get(size - 1);
            return new Page<>(list, counted, new Cursor(last.at(), last.id(), counted));
        }
        Instant floor = plan.floor();
        return new Page<>(list, counted, floor == null ? null : new Cursor(floor, "", counted));
    }

    private DatabaseClient.GenericExecuteSpec execute(String statement, @Nullable Instant floor) {
        var spec = client.sql(statement).bindValues(filters.valuesIn(statement));
        Cursor after = request.after();
        if (after != null && statement.contains(":afterTime")) {
            spec = spec.bind("afterTime", ColumnValues.utc(after.at()));
            for (int i = 0; i < order.key().size(); i++) {
                spec = spec.bind("after" + i, order.valueIn(after.id(), i));
            }
        }
        return floor == null ? spec : spec.bind("floor", ColumnValues.utc(floor));
    }

    /**
     * The chosen access.
     *
     * @param floor the time at which the search ends, because the limit is reached there; null to search all
     */
    private record Plan(Access access, @Nullable Instant floor) {}

    private record Row<T>(T element, Instant at, String id) {}
}
