package io.portcullis.testbed;

import java.util.List;
import java.util.Map;
import java.util.WeakHashMap;
import java.util.concurrent.CompletableFuture;

/** A one-time fault for the first connection of a {@link TcpProxy} on which all patterns are sent in order. */
final class TcpTrap {
    /** The effect of the trap on the connection. */
    enum Action {
        HOLD_REQUEST,
        HOLD_RESPONSE,
        DROP_RESPONSE
    }

    private final List<byte[]> patterns;
    private final Action action;
    private final CompletableFuture<Void> triggered = new CompletableFuture<>();
    /** The number of patterns already seen, by connection. */
    private final Map<TcpLink, Integer> seen = new WeakHashMap<>();

    TcpTrap(List<byte[]> patterns, Action action) {
        this.patterns = patterns;
        this.action = action;
    }

    Action action() {
        return action;
    }

    CompletableFuture<Void> triggered() {
        return triggered;
    }

    /**
     * Returns the number of earlier bytes to search together with the next ones, so that a pattern that arrives in two
     * pieces is found.
     */
    int overlap() {
        return patterns.stream().mapToInt(pattern -> pattern.length).max().orElse(1) - 1;
    }

    /** Returns whether these bytes complete the patterns. Not thread-safe. */
    boolean matches(TcpLink link, byte[] bytes) {
        int count = seen.getOrDefault(link, 0);
        while (count < patterns.size() && isIn(bytes, patterns.get(count))) {
            count++;
        }
        seen.put(link, count);
        return count == patterns.size();
    }

    private static boolean isIn(byte[] bytes, byte[] pattern) {
        for (int start = 0; start + pattern.length <= bytes.length; start++) {
            if (isAt(bytes, start, pattern)) {
                return true;
            }
        }
        return false;
    }

    private static boolean isAt(byte[] bytes, int start, byte[] pattern) {
        for (int i = 0; i < pattern.length; i++) {
            if (bytes[start + i] != pattern[i]) {
                return false;
            }
        }
        return true;
    }
}
