package io.portcullis.core.r2dbc;

import io.portcullis.core.paging.Page;
import io.portcullis.core.paging.PageRequest;
import io.r2dbc.spi.Readable;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.springframework.r2dbc.core.DatabaseClient;
import reactor.core.publisher.Mono;

/** A {@code WHERE} clause of optional conditions and the page of rows that it selects. Values are always bound. */
final class Criteria {
    private final List<String> conditions = new ArrayList<>();
    private final Map<String, Object> values = new LinkedHashMap<>();

    /** {@code condition}, which names {@code :name}, if there is a value. */
    Criteria and(String condition, String name, @Nullable Object value) {
        if (value != null) {
            conditions.add(condition);
            values.put(name, value);
        }
        return this;
    }

    /** {@code condition}, which names {@code :name} in a {@code LIKE ... ESCAPE '!'}, if there is a prefix. */
    Criteria andPrefix(String condition, String name, @Nullable String prefix) {
        return and(condition, name, prefix == null || prefix.isEmpty() ? null : escapeLike(prefix) + "%");
    }

    /** {@code SELECT COUNT(*)} and {@code SELECT ... LIMIT ... OFFSET ...}; the second only if there is something. */
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

    // Not the backslash: whether it escapes depends on the server's SQL mode.
    private static String escapeLike(String text) {
        return text.replace("!", "!!").replace("%", "!%").replace("_", "!_");
    }
}
