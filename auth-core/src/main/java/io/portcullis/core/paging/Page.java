package io.portcullis.core.paging;

import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * One page of a longer list.
 *
 * @param list the elements of the page. It may have fewer elements than requested, or none, although {@code next} is not null:
 *     the search for further elements has reached its limit and continues with the next page
 * @param counted the number of elements of the whole list, counted up to a limit
 * @param next the position of the page after this one; null for the last page
 */
public record Page<T>(
        List<T> list, Counted counted, @Nullable Cursor next) {
    public Page {
        list = List.copyOf(list);
    }

    /** Returns the number of elements that were counted. */
    public long total() {
        return counted.total();
    }

    /** Returns a page with each element converted, and the same total and position. */
    public <R> Page<R> map(Function<? super T, ? extends R> mapper) {
        return new Page<>(list.stream().<R>map(mapper).toList(), counted, next);
    }
}
