package io.portcullis.gateway.fastpath;

import io.netty.handler.codec.http.HttpMethod;
import io.portcullis.gateway.route.RouteIndex;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.http.server.PathContainer;
import org.springframework.web.util.pattern.PathPattern;

/** The compiled routes in matching order, with an index by path. Finds the route of a request on the fast path. */
final class FastRoutes {
    static final FastRoutes NONE = new FastRoutes(List.of());

    private final List<Entry> entries;
    private final RouteIndex index = new RouteIndex();

    FastRoutes(List<Entry> entries) {
        this.entries = List.copyOf(entries);
        for (int i = 0; i < entries.size(); i++) {
            List<PathPattern> paths = entries.get(i).paths();
            if (paths.isEmpty()) {
                index.addForAnyPath(i);
            } else {
                index.add(i, paths);
            }
        }
    }

    /**
     * The conditions of a route that the fast path can evaluate.
     *
     * @param paths the path patterns, one of which must match; empty if any path matches
     * @param methods the methods, one of which must match; empty if any method matches
     * @param complete whether {@code paths} and {@code methods} are all the conditions of the route
     * @param fast the compiled route, null if the fast path does not support its filters or its URI
     */
    record Entry(
            List<PathPattern> paths,
            Set<HttpMethod> methods,
            boolean complete,
            @Nullable FastRoute fast) {
        Entry {
            paths = List.copyOf(paths);
            methods = Set.copyOf(methods);
        }

        /**
         * Returns true if the route certainly does not match. If false, the route matches provided that {@link
         * #complete} is true.
         */
        boolean excludes(PathContainer path, HttpMethod method) {
            return (!methods.isEmpty() && !methods.contains(method)) || (!paths.isEmpty() && !matches(path));
        }

        private boolean matches(PathContainer path) {
            for (int i = 0; i < paths.size(); i++) {
                if (paths.get(i).matches(path)) {
                    return true;
                }
            }
            return false;
        }
    }

    /**
     * Returns the first route that matches the request. Returns null if no route matches, or if only the filter chain can
     * handle or evaluate the first possible match.
     */
    @Nullable
    FastRoute find(RequestTarget target, HttpMethod method) {
        PathContainer path = PathContainer.parsePath(target.path());
        for (int candidate : candidates(path)) {
            Entry entry = entries.get(candidate);
            if (!entry.excludes(path, method)) {
                return entry.complete() ? entry.fast() : null;
            }
        }
        return null;
    }

    /** Returns the positions of the entries whose path patterns may match, in ascending order. */
    int[] candidates(PathContainer path) {
        return index.candidates(path);
    }

    /** Returns the ids of the routes whose conditions and filters the fast path supports. */
    Set<String> fastIds() {
        return entries.stream()
                .filter(Entry::complete)
                .map(Entry::fast)
                .filter(Objects::nonNull)
                .map(FastRoute::id)
                .collect(Collectors.toUnmodifiableSet());
    }
}
