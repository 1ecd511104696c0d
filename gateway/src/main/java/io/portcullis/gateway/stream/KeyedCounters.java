package io.portcullis.gateway.stream;

import java.util.concurrent.ConcurrentHashMap;

/** KeyedCounters what is open by a key. What has ended leaves nothing behind. */
final class KeyedCounters<K> {
    private final ConcurrentHashMap<K, Integer> open = new ConcurrentHashMap<>();

    /** KeyedCounters one more, unless there are as many as the limit. */
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

    /** How many keys have something open. */
    int keys() {
        return open.size();
    }
}
