package io.portcullis.gateway.fastpath;

import io.netty.handler.codec.http.HttpMethod;
import io.portcullis.gateway.route.RouteIndex;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.http.server.PathContainer;
import org.springframework.web.util.pattern.PathPattern;

/** The routes in their order, for whoever wants to know which of them takes a request. */
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
     * A route, as far as it is understood here.
     *
     * @param paths of which one must match, empty for any path
     * @param methods of which one is needed, empty for any
     * @param understood whether that is all that the route asks of a request
     * @param fast null if what the route does with a request is not understood
     */
    record Entry(
            List<PathPattern> paths,
            Set<HttpMethod> methods,
            boolean understood,
            @Nullable FastRoute fast) {
        Entry {
            paths = List.copyOf(paths);
            methods = Set.copyOf(methods);
        }

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

    /** The route that takes the request; null if that is none, one that is not understood, or if nothing but the filter chain tells. */
    @Nullable
    FastRoute find(RequestTarget target, HttpMethod method) {
        PathContainer path = PathContainer.parsePath(target.path());
        for (int candidate : candidates(path)) {
            Entry entry = entries.get(candidate);
            if (!entry.excludes(path, method)) {
                return entry.understood() ? entry.fast() : null;
            }
        }
        return null;
    }

    /** The numbers of those that may match that path, lowest first. */
    int[] candidates(PathContainer path) {
        return index.candidates(path);
    }

    long fastCount() {
        return entries.stream().filter(entry -> entry.fast() != null).count();
    }
}
