package io.portcullis.core.paging;

import java.util.List;
import java.util.function.Function;

/**
 * One page of a longer list.
 *
 * @param list the elements of the page
 * @param total the number of elements in the whole list
 */
public record Page<T>(List<T> list, long total) {
    public Page {
        list = List.copyOf(list);
    }

    /** Returns a page with each element converted and the same total. */
    public <R> Page<R> map(Function<? super T, ? extends R> mapper) {
        return new Page<>(list.stream().<R>map(mapper).toList(), total);
    }
}
