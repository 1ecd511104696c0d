package io.portcullis.core.r2dbc;

import java.util.Collection;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A way to all rows that match one filter: ranges of indexes that have no row in common.
 *
 * @param ordered whether each range is in the order of the list, so that its newest rows can be read without the others
 * @param constant the column that has one value in all of the rows; null if there is none
 */
record Access(List<Range> ranges, boolean ordered, @Nullable String constant) {
    Access {
        ranges = List.copyOf(ranges);
    }

    /** An access along an index whose columns before those of the order the condition compares with one value each. */
    static Access ordered(Index index, String condition, @Nullable String constant) {
        return new Access(List.of(Range.of(index, condition)), true, constant);
    }

    /** An access along ranges of indexes, each in the order of the list. */
    static Access ordered(List<Range> ranges) {
        return new Access(ranges, true, null);
    }

    /** An access along an index in which the matching rows are not in the order of their times. */
    static Access unordered(Range... ranges) {
        return new Access(List.of(ranges), false, null);
    }

    /** Returns whether the entries of the indexes hold all of the columns, so that no row is looked up. */
    boolean covers(Collection<String> columns) {
        return ranges.stream().allMatch(range -> range.index().columns().containsAll(columns));
    }

    /**
     * An index.
     *
     * @param columns the columns that its entries hold
     */
    record Index(String name, Set<String> columns) {
        static Index of(String name, String... columns) {
            return new Index(name, Set.of(columns));
        }
    }

    /**
     * A range of an index.
     *
     * @param condition the SQL condition that selects the range
     * @param exclusion the condition that leaves out the rows of the other ranges; empty if they have none in common
     */
    record Range(Index index, String condition, String exclusion) {
        static Range of(Index index, String condition) {
            return new Range(index, condition, "");
        }
    }
}
