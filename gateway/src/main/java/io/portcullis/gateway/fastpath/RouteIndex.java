package io.portcullis.gateway.fastpath;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.springframework.http.server.PathContainer;
import org.springframework.web.util.pattern.PathPattern;

/**
 * Finds the few routes whose path pattern can match, among thousands, by the part of the pattern before its first variable or
 * wild card. Only literal text is compared here; the patterns themselves decide.
 */
final class RouteIndex {
    private final Map<String, BitSet> byPrefix = new HashMap<>();
    private final BitSet anyPath = new BitSet();

    /** A route whose path is one of these patterns. */
    void add(int route, List<PathPattern> patterns) {
        for (PathPattern pattern : patterns) {
            byPrefix.computeIfAbsent(literalPrefix(pattern.getPatternString()), prefix -> new BitSet())
                    .set(route);
        }
    }

    /** A route that may match any path. */
    void addForAnyPath(int route) {
        anyPath.set(route);
    }

    /** The routes to look at, by their number, lowest first. */
    int[] candidates(PathContainer path) {
        List<BitSet> found = new ArrayList<>(4);
        collect("", found);
        StringBuilder prefix = new StringBuilder();
        for (PathContainer.Element element : path.elements()) {
            if (element instanceof PathContainer.PathSegment segment) {
                prefix.append('/').append(segment.valueToMatch());
                collect(prefix.toString(), found);
            }
        }
        return union(found);
    }

    private void collect(String prefix, List<BitSet> found) {
        BitSet routes = byPrefix.get(prefix);
        if (routes != null) {
            found.add(routes);
        }
    }

    private int[] union(List<BitSet> found) {
        if (found.size() == 1 && anyPath.isEmpty()) {
            return found.get(0).stream().toArray();
        }
        BitSet all = (BitSet) anyPath.clone();
        found.forEach(all::or);
        return all.stream().toArray();
    }

    /** Whole segments only: {@code /a/b*} begins with {@code /a}. */
    private static String literalPrefix(String pattern) {
        StringBuilder prefix = new StringBuilder();
        for (String segment : pattern.substring(pattern.startsWith("/") ? 1 : 0).split("/", -1)) {
            if (segment.isEmpty() || segment.chars().anyMatch(c -> "*?{}\\:".indexOf(c) >= 0)) {
                return prefix.toString();
            }
            prefix.append('/').append(segment);
        }
        return prefix.toString();
    }
}
