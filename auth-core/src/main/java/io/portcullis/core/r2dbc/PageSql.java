package io.portcullis.core.r2dbc;

import io.portcullis.core.r2dbc.Access.Range;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Writes the statements of {@link PagedSelect}. Each names its index by {@code FORCE INDEX}, because the optimizer estimates the
 * cost of a sorted page badly, and its limit.
 *
 * @param times the conditions on the time of the order that hold for the whole list
 */
record PageSql(String table, PageOrder order, List<String> times) {
    PageSql {
        times = List.copyOf(times);
    }

    /**
     * Counts the index entries of each access, up to one more than its capacity. The ranges of an access share its capacity, and the
     * largest one counts for all.
     */
    String sizes(List<Access> accesses, List<Integer> capacities) {
        return IntStream.range(0, accesses.size())
                .mapToObj(i -> size(accesses.get(i), capacities.get(i)) + " AS " + sizeName(i))
                .collect(Collectors.joining(", ", "SELECT ", ""));
    }

    static String sizeName(int index) {
        return "size" + index;
    }

    /** Leaves out each condition by which the index cannot skip entries, so that the limit bounds the entries that are read. */
    private String size(Access access, int capacity) {
        List<String> conditions = access.ordered() ? times : List.of();
        int ranges = access.ranges().size();
        String sizes = access.ranges().stream()
                .map(range -> "(SELECT COUNT(*) FROM (" + entries("1", range, conditions) + " LIMIT "
                        + (capacity / ranges + 1) + ") e)")
                .collect(Collectors.joining(", "));
        return ranges == 1 ? sizes : ranges + " * GREATEST(" + sizes + ")";
    }

    /** Selects the time of the entry that is {@code limit} entries behind the position; null if there are fewer. */
    String floor(Access access, boolean seek, int limit) {
        int offset = Math.max(1, limit / access.ranges().size());
        List<String> conditions = with(times, seek, order.behind());
        String bounds = order.newestFirst(access) + " LIMIT 1 OFFSET " + offset;
        return "SELECT MAX(" + order.time() + ") AS floor FROM ("
                + union(access, range -> entries(order.time(), range, conditions) + bounds)
                + ") f";
    }

    /** Counts the matching rows up to the limit. */
    String count(Access access, List<String> conditions, boolean floor, int limit) {
        List<String> all = with(conditions, floor, sinceFloor());
        return "SELECT COUNT(*) AS total FROM (SELECT 1 FROM ("
                + union(access, range -> rows("1", range, all) + " LIMIT " + limit)
                + ") r LIMIT " + limit + ") c";
    }

    /** Selects the rows of a page: first their keys, by the index, and then their other columns. */
    String page(Access access, List<String> conditions, boolean seek, boolean floor, int offset, int limit) {
        return "SELECT t.* FROM ("
                + keys(access, with(with(conditions, seek, order.behind()), floor, sinceFloor()), offset, limit)
                + ") p STRAIGHT_JOIN " + table + " t ON " + order.sameKey("t", "p") + order.newestFirst("p.");
    }

    private String keys(Access access, List<String> conditions, int offset, int limit) {
        String bounds = order.newestFirst(access) + " LIMIT " + limit + " OFFSET " + offset;
        if (access.ranges().size() == 1) {
            return rows(order.columns(), access.ranges().get(0), conditions) + bounds;
        }
        String newest = order.newestFirst(access) + " LIMIT " + (offset + limit);
        return "SELECT " + order.columns() + " FROM ("
                + union(access, range -> rows(order.columns(), range, conditions) + newest) + ") u" + bounds;
    }

    private String sinceFloor() {
        return order.time() + " >= :floor";
    }

    private static String union(Access access, Function<Range, String> select) {
        List<Range> ranges = access.ranges();
        return ranges.size() == 1
                ? select.apply(ranges.get(0))
                : ranges.stream().map(select).collect(Collectors.joining(") UNION ALL (", "(", ")"));
    }

    private String entries(String columns, Range range, List<String> conditions) {
        return select(columns, range.index(), Stream.concat(Stream.of(range.condition()), conditions.stream()));
    }

    private String rows(String columns, Range range, List<String> conditions) {
        return select(
                columns,
                range.index(),
                Stream.concat(Stream.of(range.condition(), range.exclusion()), conditions.stream()));
    }

    private String select(String columns, Access.Index index, Stream<String> conditions) {
        String where = conditions.filter(condition -> !condition.isEmpty()).collect(Collectors.joining(" AND "));
        return "SELECT " + columns + " FROM " + table + " FORCE INDEX (" + index.name() + ")"
                + (where.isEmpty() ? "" : " WHERE " + where);
    }

    private static List<String> with(List<String> conditions, boolean present, String condition) {
        return present
                ? Stream.concat(conditions.stream(), Stream.of(condition)).toList()
                : conditions;
    }
}
