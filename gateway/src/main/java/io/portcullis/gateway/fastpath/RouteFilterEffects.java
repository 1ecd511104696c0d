package io.portcullis.gateway.fastpath;

import java.util.List;

/**
 * What the filters of a route do to a request and its answer, beside sending it on.
 *
 * @param paths make the path that the service sees, one after the other
 * @param preserveHost whether the service sees the client's {@code Host}
 * @param prefixed whether a prefix was added
 */
record RouteFilterEffects(
        List<Path> paths, HeaderEdits request, HeaderEdits response, boolean preserveHost, boolean prefixed) {
    static final RouteFilterEffects NONE =
            new RouteFilterEffects(List.of(), HeaderEdits.NONE, HeaderEdits.NONE, false, false);

    RouteFilterEffects {
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

    /** The first filter is the last to see the answer. */
    RouteFilterEffects withResponseEdit(HeaderEdits.Edit edit) {
        return new RouteFilterEffects(paths, request, response.after(edit), preserveHost, prefixed);
    }

    RouteFilterEffects withHostPreserved() {
        return new RouteFilterEffects(paths, request, response, true, prefixed);
    }
}
