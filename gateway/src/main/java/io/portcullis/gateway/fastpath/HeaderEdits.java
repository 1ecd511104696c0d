package io.portcullis.gateway.fastpath;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import io.netty.handler.codec.http.HttpHeaders;
import java.util.List;
import java.util.stream.Stream;

/** The changes that the filters of a route make to request or response headers, in the order of their application. */
record HeaderEdits(List<Edit> edits) {
    static final HeaderEdits NONE = new HeaderEdits(List.of());

    HeaderEdits {
        edits = List.copyOf(edits);
    }

    /** Makes one change to a set of headers. */
    @FunctionalInterface
    interface Edit {
        void apply(HttpHeaders headers);
    }

    /** Makes a change with a name and a value, such as {@code HttpHeaders::add}. */
    @FunctionalInterface
    interface Change {
        @CanIgnoreReturnValue
        HttpHeaders apply(HttpHeaders headers, String name, Object value);
    }

    /** Returns these edits followed by {@code edit}. */
    HeaderEdits then(Edit edit) {
        return new HeaderEdits(appended(edits, edit));
    }

    /** Returns these edits preceded by {@code edit}. */
    HeaderEdits after(Edit edit) {
        return new HeaderEdits(Stream.concat(Stream.of(edit), edits.stream()).toList());
    }

    static <T> List<T> appended(List<T> all, T one) {
        return Stream.concat(all.stream(), Stream.of(one)).toList();
    }

    void apply(HttpHeaders headers) {
        for (int i = 0; i < edits.size(); i++) {
            edits.get(i).apply(headers);
        }
    }
}
