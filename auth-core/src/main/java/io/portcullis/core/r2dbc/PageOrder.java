package io.portcullis.core.r2dbc;

import io.r2dbc.spi.Readable;
import java.util.List;
import java.util.Objects;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * The order of the rows in a list: by time, and by the primary key where times are equal, newest first.
 *
 * @param time the column with the time
 * @param key the columns of the primary key. No value of them contains {@code /}
 */
record PageOrder(String time, List<String> key) {
    static final PageOrder BY_CREATION = new PageOrder("created_at", List.of("id"));

    private static final String SEPARATOR = "/";

    PageOrder {
        key = List.copyOf(key);
    }

    /** The columns of the order, separated by commas. */
    String columns() {
        return String.join(", ", key) + ", " + time;
    }

    /** The clause {@code ORDER BY}, with the prefix before each column. */
    String newestFirst(String prefix) {
        return " ORDER BY " + prefix + time + " DESC"
                + each(i -> ", " + prefix + key.get(i) + " DESC").collect(Collectors.joining());
    }

    /**
     * The clause {@code ORDER BY} for the rows of one access. It leaves out the column that is constant there: MariaDB would sort all the
     * rows although the index has them in this order.
     */
    String newestFirst(Access access) {
        return " ORDER BY " + time + " DESC"
                + key.stream()
                        .filter(column -> !column.equals(access.constant()))
                        .map(column -> ", " + column + " DESC")
                        .collect(Collectors.joining());
    }

    /**
     * The condition for the rows behind the position {@code :afterTime}, {@code :after0}, {@code :after1} and so on. Its first part
     * is redundant, and is the one that an index range can be made of.
     */
    String behind() {
        String position = each(i -> ":after" + i).collect(Collectors.joining(", ", "(", ")"));
        return time + " <= :afterTime AND (" + time + " < :afterTime OR (" + String.join(", ", key) + ") < " + position
                + ")";
    }

    /** The condition that two tables have the same key. */
    String sameKey(String table, String other) {
        return each(i -> table + "." + key.get(i) + " = " + other + "." + key.get(i))
                .collect(Collectors.joining(" AND "));
    }

    /** Returns the key of a row as the id of a cursor. */
    String idOf(Readable row) {
        return key.stream()
                .map(column -> Objects.requireNonNull(row.get(column), column).toString())
                .collect(Collectors.joining(SEPARATOR));
    }

    /** Returns the value of the key's column with this number in the id of a cursor; empty if the id has none. */
    String valueIn(String id, int column) {
        String[] values = id.split(SEPARATOR, -1);
        return column < values.length ? values[column] : "";
    }

    private Stream<String> each(IntFunction<String> text) {
        return IntStream.range(0, key.size()).mapToObj(text);
    }
}
