package io.portcullis.gateway.stream;

import java.util.concurrent.ConcurrentHashMap;

/** Counts open items by key. A key whose count returns to zero takes no memory. Thread-safe. */
final class KeyedCounters<K> {
    private final ConcurrentHashMap<K, Integer> open = new ConcurrentHashMap<>();

    /** Adds one to the count of the key, unless the count has reached the limit. Atomic. Returns whether it did. */
    boolean tryAdd(K key, int limit) {
        boolean[] added = new boolean[1];
        open.compute(key, (same, count) -> {
            int now = count == null ? 0 : count;
            added[0] = now < limit;
            return added[0] ? Integer.valueOf(now + 1) : count;
        });
        return added[0];
    }

    void remove(K key) {
        open.computeIfPresent(key, (same, count) -> count == 1 ? null : Integer.valueOf(count - 1));
    }

    int of(K key) {
        return open.getOrDefault(key, 0);
    }

    /** Returns the number of keys with a count above zero. */
    int keys() {
        return open.size();
    }
}
