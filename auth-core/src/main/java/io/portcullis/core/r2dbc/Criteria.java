package io.portcullis.core.r2dbc;

import io.portcullis.core.paging.Page;
import io.portcullis.core.paging.PageRequest;
import io.r2dbc.spi.Readable;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.springframework.r2dbc.core.DatabaseClient;
import reactor.core.publisher.Mono;

/**
 * Builds a {@code WHERE} clause of optional conditions and reads a page of the matching rows. All values are bound parameters.
 */
final class Criteria {
    private final List<String> conditions = new ArrayList<>();
    private final Map<String, Object> values = new LinkedHashMap<>();

    /** Adds {@code condition}, which contains the parameter {@code :name}, unless the value is null. */
    Criteria and(String condition, String name, @Nullable Object value) {
        if (value != null) {
            conditions.add(condition);
            values.put(name, value);
        }
        return this;
    }

    /** Adds {@code column NOT IN (values)}. The values must not be empty. */
    Criteria andNotIn(String column, Collection<String> excluded) {
        return and(column + " NOT IN (:" + column + ")", column, List.copyOf(excluded));
    }

    /** Adds {@code condition}, which contains {@code LIKE :name ESCAPE '!'}, unless the prefix is null or empty. */
    Criteria andPrefix(String condition, String name, @Nullable String prefix) {
        return and(condition, name, prefix == null || prefix.isEmpty() ? null : escapeLike(prefix) + "%");
    }

    /**
     * Emits the page and the total, by {@code SELECT COUNT(*)} and {@code SELECT ... LIMIT ... OFFSET ...}. The second statement
     * is omitted if the page is beyond the total. The two statements are not atomic.
     */
    <T> Mono<Page<T>> page(
            DatabaseClient client, String table, String order, PageRequest request, Function<Readable, T> mapper) {
        String from = " FROM " + table + where();
        Mono<List<T>> rows = client.sql("SELECT *" + from + " ORDER BY " + order + " LIMIT " + request.pageSize()
                        + " OFFSET " + request.offset())
                .bindValues(values)
                .map(mapper)
                .all()
                .collectList();
        return client.sql("SELECT COUNT(*) AS total" + from)
                .bindValues(values)
                .mapValue(Long.class)
                .one()
                .flatMap(total -> page(total, request, rows))
                .onErrorMap(StoreFailures::translate);
    }

    private static <T> Mono<Page<T>> page(long total, PageRequest request, Mono<List<T>> rows) {
        return total <= request.offset()
                ? Mono.just(new Page<>(List.of(), total))
                : rows.map(list -> new Page<>(list, total));
    }

    private String where() {
        return conditions.isEmpty() ? "" : " WHERE " + String.join(" AND ", conditions);
    }

    // Escapes with '!', because the server's SQL mode decides whether a backslash escapes.
    private static String escapeLike(String text) {
        return text.replace("!", "!!").replace("%", "!%").replace("_", "!_");
    }
}
