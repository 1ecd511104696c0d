package io.portcullis.core.paging;

import java.util.List;
import java.util.function.Function;

/** One page of a longer list, and how long that list is. */
public record Page<T>(List<T> list, long total) {
    public Page {
        list = List.copyOf(list);
    }

    /** The same page with each element turned into another. */
    public <R> Page<R> map(Function<? super T, ? extends R> mapper) {
        return new Page<>(list.stream().<R>map(mapper).toList(), total);
    }
}
