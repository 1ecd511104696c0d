package io.portcullis.gateway.fastpath;

import java.util.List;

/**
 * The combined effects of a route's filters on a request and its response.
 *
 * @param paths the changes to the path that the service receives, in the order of their application
 * @param request the changes to the request headers
 * @param response the changes to the response headers
 * @param preserveHost whether the service receives the client's {@code Host} header
 * @param prefixed whether the filters include {@code PrefixPath}
 */
record RouteFilterEffects(
        List<Path> paths, HeaderEdits request, HeaderEdits response, boolean preserveHost, boolean prefixed) {
    static final RouteFilterEffects NONE =
            new RouteFilterEffects(List.of(), HeaderEdits.NONE, HeaderEdits.NONE, false, false);

    RouteFilterEffects {
        paths = List.copyOf(paths);
    }

    /** Rewrites a path. */
    @FunctionalInterface
    interface Path {
        String of(String path);
    }

    /** Applies all path changes to a path. */
    String path(String path) {
        String changed = path;
        for (int i = 0; i < paths.size(); i++) {
            changed = paths.get(i).of(changed);
        }
        return changed;
    }

    RouteFilterEffects withPath(Path path) {
        return new RouteFilterEffects(HeaderEdits.appended(paths, path), request, response, preserveHost, prefixed);
    }

    RouteFilterEffects withPrefix(String prefix) {
        return new RouteFilterEffects(
                HeaderEdits.appended(paths, prefix::concat), request, response, preserveHost, true);
    }

    RouteFilterEffects withRequestEdit(HeaderEdits.Edit edit) {
        return new RouteFilterEffects(paths, request.then(edit), response, preserveHost, prefixed);
    }

    /** Prepends the edit, because the first filter of the chain is the last to process the response. */
    RouteFilterEffects withResponseEdit(HeaderEdits.Edit edit) {
        return new RouteFilterEffects(paths, request, response.after(edit), preserveHost, prefixed);
    }

    RouteFilterEffects withHostPreserved() {
        return new RouteFilterEffects(paths, request, response, true, prefixed);
    }
}
