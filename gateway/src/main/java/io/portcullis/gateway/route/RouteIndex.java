package io.portcullis.gateway.route;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.http.server.PathContainer;
import org.springframework.web.util.pattern.PathPattern;

/**
 * Selects the few routes, among thousands, whose path pattern can match a path. It compares only the literal segments before the
 * pattern's first variable or wildcard; the caller still has to evaluate the predicates of each candidate. Not thread-safe while
 * routes are added, safe for concurrent lookups afterwards.
 *
 * <p>The prefixes form a tree of path segments. A lookup descends one level for each segment of the path and stops at the first
 * segment that no prefix has, so its cost is bounded by the longest configured prefix and not by the number of segments.
 */
public final class RouteIndex {
    private final Node root = new Node();
    private final BitSet anyPath = new BitSet();

    /** Holds the routes whose prefix ends at this node, and the child nodes by their segment. */
    private static final class Node {
        final Map<String, Node> next = new HashMap<>();

        @Nullable
        BitSet routes;

        void add(int route) {
            if (routes == null) {
                routes = new BitSet();
            }
            routes.set(route);
        }
    }

    /**
     * Adds a route whose path must match one of the patterns.
     *
     * @param route the number of the route, which {@link #candidates} returns
     */
    public void add(int route, List<PathPattern> patterns) {
        for (PathPattern pattern : patterns) {
            Node node = root;
            for (String segment : literalPrefix(pattern.getPatternString())) {
                node = node.next.computeIfAbsent(segment, unused -> new Node());
            }
            node.add(route);
        }
    }

    /** Adds a route that may match any path. */
    public void addForAnyPath(int route) {
        anyPath.set(route);
    }

    /** Returns the numbers of all routes that can match the path, in ascending order. */
    public int[] candidates(PathContainer path) {
        List<BitSet> found = new ArrayList<>(4);
        collect(root, found);
        List<PathContainer.Element> elements = path.elements();
        Node node = root;
        for (int i = 0; i < elements.size(); i++) {
            if (elements.get(i) instanceof PathContainer.PathSegment segment) {
                node = node.next.get(segment.valueToMatch());
                if (node == null) {
                    break;
                }
                collect(node, found);
            }
        }
        return union(found);
    }

    private static void collect(Node node, List<BitSet> found) {
        if (node.routes != null) {
            found.add(node.routes);
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

    /** Returns the leading segments that contain no pattern syntax: only {@code a} for {@code /a/b*}. */
    private static List<String> literalPrefix(String pattern) {
        List<String> prefix = new ArrayList<>();
        for (String segment : pattern.substring(pattern.startsWith("/") ? 1 : 0).split("/", -1)) {
            if (segment.isEmpty() || segment.chars().anyMatch(c -> "*?{}\\:".indexOf(c) >= 0)) {
                return prefix;
            }
            prefix.add(segment);
        }
        return prefix;
    }
}
