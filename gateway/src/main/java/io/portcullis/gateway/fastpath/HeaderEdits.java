package io.portcullis.gateway.fastpath;

import io.netty.handler.codec.http.HttpHeaders;
import java.util.List;

/** What the filters of a route do to headers, in their order. */
record HeaderEdits(List<Edit> edits) {
    static final HeaderEdits NONE = new HeaderEdits(List.of());

    HeaderEdits {
        edits = List.copyOf(edits);
    }

    /** One change. */
    @FunctionalInterface
    interface Edit {
        void apply(HttpHeaders headers);
    }

    void apply(HttpHeaders headers) {
        for (int i = 0; i < edits.size(); i++) {
            edits.get(i).apply(headers);
        }
    }
}
