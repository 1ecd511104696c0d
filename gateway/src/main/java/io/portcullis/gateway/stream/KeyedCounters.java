package io.portcullis.gateway.stream;

import java.util.concurrent.ConcurrentHashMap;

/** Counts open items by key. A key whose count returns to zero takes no memory. Thread-safe. */
final class KeyedCounters<K> {
    private final ConcurrentHashMap<K, Integer> open = new ConcurrentHashMap<>();

    /** Adds one to the count of the key, unless the count has reached the limit. Atomic. Returns whether it did. */
    boolean tryAdd(K key, int limit) {
        if (limit < 1) {
            return false;
        }
        while (true) {
            Integer count = open.putIfAbsent(key, 1);
            if (count == null) {
                return true;
            }
            if (count >= limit) {
                return false;
            }
            if (open.replace(key, count, count + 1)) {
                return true;
            }
        }
    }

    /** Subtracts one from the count of the key, which a call of {@link #tryAdd} has added. */
    void remove(K key) {
        while (true) {
            Integer count = open.get(key);
            if (count == null || (count == 1 ? open.remove(key, count) : open.replace(key, count, count - 1))) {
                return;
            }
        }
    }

    int of(K key) {
        return open.getOrDefault(key, 0);
    }

    /** Returns the number of keys with a count above zero. */
    int keys() {
        return open.size();
    }
}
