package io.portcullis.gateway.fastpath;

import java.util.List;

/**
 * What the filters of a route do to a request and its answer, beside sending it on.
 *
 * @param paths make the path that the service sees, one after the other
 * @param preserveHost whether the service sees the client's {@code Host}
 * @param prefixed whether a prefix was added
 */
record RouteEffects(
        List<Path> paths, HeaderEdits request, HeaderEdits response, boolean preserveHost, boolean prefixed) {
    static final RouteEffects NONE = new RouteEffects(List.of(), HeaderEdits.NONE, HeaderEdits.NONE, false, false);

    RouteEffects {
        paths = List.copyOf(paths);
    }

    /** Makes a path of a path. */
    @FunctionalInterface
    interface Path {
        String of(String path);
    }

    String path(String path) {
        String changed = path;
        for (int i = 0; i < paths.size(); i++) {
            changed = paths.get(i).of(changed);
        }
        return changed;
    }

    RouteEffects withPath(Path path) {
        return new RouteEffects(HeaderEdits.appended(paths, path), request, response, preserveHost, prefixed);
    }

    RouteEffects withPrefix(String prefix) {
        return new RouteEffects(HeaderEdits.appended(paths, prefix::concat), request, response, preserveHost, true);
    }

    RouteEffects withRequestEdit(HeaderEdits.Edit edit) {
        return new RouteEffects(paths, request.then(edit), response, preserveHost, prefixed);
    }

    /** The first filter is the last to see the answer. */
    RouteEffects withResponseEdit(HeaderEdits.Edit edit) {
        return new RouteEffects(paths, request, response.after(edit), preserveHost, prefixed);
    }

    RouteEffects withHostPreserved() {
        return new RouteEffects(paths, request, response, true, prefixed);
    }
}
