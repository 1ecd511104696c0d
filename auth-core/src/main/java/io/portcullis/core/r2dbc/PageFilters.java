package io.portcullis.core.r2dbc;

import io.portcullis.core.r2dbc.Access.Index;
import io.portcullis.core.session.ClientAddress;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The filters of a page, each with the indexes that lead to the rows that it matches. All values are bound parameters. */
final class PageFilters {
    private final String table;
    private final PageOrder order;
    private final String base;
    private final Access byTime;
    private final List<Filter> filters = new ArrayList<>();
    private final List<String> times = new ArrayList<>();
    private final Map<String, Object> values = new HashMap<>();

    /** The filters of a list in the order of creation. See {@link #PageFilters(String, PageOrder, String, Index)}. */
    PageFilters(String table, String base, Index byTime) {
        this(table, PageOrder.BY_CREATION, base, byTime);
    }

    /**
     * @param base the condition that each index of the table begins with; empty if there is none
     * @param byTime the index on {@code base} and the columns of the order
     */
    PageFilters(String table, PageOrder order, String base, Index byTime) {
        this.table = table;
        this.order = order;
        this.base = base;
        this.byTime = Access.ordered(byTime, base, null);
    }

    /** Adds a condition that no index leads to. */
    PageFilters where(String condition, String column, String name, Object value) {
        values.put(name, value);
        filters.add(new Filter(condition, Set.of(column), null));
        return this;
    }

    /** Adds the time that no row is before, and the time that every row is before, unless null. */
    PageFilters between(@Nullable Instant from, @Nullable Instant to) {
        if (from != null) {
            times.add(order.time() + " >= :from");
            values.put("from", ColumnValues.utc(from));
        }
        if (to != null) {
            times.add(order.time() + " < :to");
            values.put("to", ColumnValues.utc(to));
        }
        return this;
    }

    /**
     * Adds {@code column = value} unless the value is null.
     *
     * @param index begins with the column, {@code base} and the columns of the order
     */
    PageFilters equal(String column, @Nullable String value, Index index) {
        if (value == null) {
            return this;
        }
        values.put(column, value);
        String condition = column + " = :" + column;
        return add(condition, Set.of(column), Access.ordered(index, withBase(condition), column));
    }

    /**
     * Adds {@code column = text} if the text is a whole address, so that 192.0.2.4 does not match 192.0.2.40; else a condition on the
     * begin of the column. Adds nothing if the text is null.
     *
     * @param index begins with the column, {@code base} and the columns of the order
     */
    PageFilters address(String column, @Nullable String text, Index index) {
        return text != null && ClientAddress.isAddress(text) ? equal(column, text, index) : prefix(column, text, index);
    }

    /**
     * Adds a condition on the begin of a column, unless the prefix is null.
     *
     * @param index begins with {@code base} and the column
     */
    PageFilters prefix(String column, @Nullable String prefix, Index index) {
        if (prefix == null) {
            return this;
        }
        values.put(column, like(prefix));
        String condition = isPrefix(column, column);
        return add(condition, Set.of(column), Access.unordered(Access.Range.of(index, withBase(condition))));
    }

    /**
     * Adds a condition that one of two columns is the address or, if the text is no whole address, begins with it, unless the text is null.
     */
    PageFilters addressInEither(
            String column, Index index, String otherColumn, Index otherIndex, @Nullable String text) {
        if (text == null) {
            return this;
        }
        // A whole address has no character that is special in a pattern.
        values.put(column, ClientAddress.isAddress(text) ? text : like(text));
        String first = isPrefix(column, column);
        String second = isPrefix(otherColumn, column);
        var access = Access.unordered(
                Access.Range.of(index, withBase(first)),
                new Access.Range(otherIndex, withBase(second), "NOT " + first));
        return add("(" + first + " OR " + second + ")", Set.of(column, otherColumn), access);
    }

    /** Adds a filter that matches the rows of the access and no others. */
    PageFilters add(String condition, Set<String> columns, Access access) {
        filters.add(new Filter(condition, columns, access));
        return this;
    }

    /** Binds a parameter of a condition. */
    void bind(String name, Object value) {
        values.put(name, value);
    }

    PageSql sql() {
        return new PageSql(table, order, times);
    }

    PageOrder order() {
        return order;
    }

    /** Returns the access by time and that of each filter which has one. */
    List<Access> accesses() {
        return Stream.concat(
                        Stream.of(byTime), filters.stream().map(Filter::access).filter(Objects::nonNull))
                .toList();
    }

    /** Returns the ordered access that leads to the fewest rows, as far as that is known: that of the first filter with one. */
    Access walk() {
        return filters.stream()
                .map(Filter::access)
                .filter(access -> access != null && access.ordered())
                .findFirst()
                .orElse(byTime);
    }

    /** Returns whether each entry of the access matches all filters. */
    boolean areAllOf(Access access) {
        return filters.stream().allMatch(filter -> access.equals(filter.access()));
    }

    /** Returns all conditions but {@code base}. */
    List<String> conditions() {
        return Stream.concat(times.stream(), filters.stream().map(Filter::condition))
                .toList();
    }

    /** Returns the columns that a search compares. */
    Set<String> columns() {
        Set<String> columns = new HashSet<>(Set.of(order.time()));
        filters.forEach(filter -> columns.addAll(filter.columns()));
        return columns;
    }

    /** Returns the values of the parameters that occur in the statement. */
    Map<String, Object> valuesIn(String statement) {
        return values.entrySet().stream()
                .filter(value -> statement.matches("(?s).*:" + value.getKey() + "\\b.*"))
                .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
    }

    private String withBase(String condition) {
        return base.isEmpty() ? condition : base + " AND " + condition;
    }

    // Escapes with '!', because the server's SQL mode decides whether a backslash escapes.
    private static String isPrefix(String column, String name) {
        return column + " LIKE :" + name + " ESCAPE '!'";
    }

    private static String like(String prefix) {
        return prefix.replace("!", "!!").replace("%", "!%").replace("_", "!_") + "%";
    }

    private record Filter(
            String condition, Set<String> columns, @Nullable Access access) {}
}
