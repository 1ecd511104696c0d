package io.portcullis.gateway.fastpath;

import java.util.List;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.springframework.cloud.gateway.filter.FilterDefinition;

/** Reads what the filters of a route do to a request and its answer. */
final class FastFilters {
    /** What the filters of one route do together. */
    record Effects(
            UnaryOperator<String> path,
            HeaderEdits requestHeaders,
            HeaderEdits responseHeaders,
            boolean preserveHost) {}

    /** Null if one of them does what is not known here. */
    @Nullable
    Effects read(List<FilterDefinition> filters) {
        return filters.isEmpty()
                ? new Effects(UnaryOperator.identity(), HeaderEdits.NONE, HeaderEdits.NONE, false)
                : null;
    }
}
