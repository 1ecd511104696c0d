package io.portcullis.chaos.workload;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * A session from the view of its client: all pairs that it has received, the latest last. A thief of the tokens would know the
 * same. Thread-safe.
 */
final class HeldSession {
    private final String id;
    private final List<Pair> pairs;

    HeldSession(String id, Pair first) {
        this.id = id;
        this.pairs = new CopyOnWriteArrayList<>(List.of(first));
    }

    String id() {
        return id;
    }

    Pair current() {
        return pairs.get(pairs.size() - 1);
    }

    List<Pair> pairs() {
        return pairs;
    }

    /** Adds the pair of a refresh, unless it is already known. */
    synchronized void add(Pair pair) {
        if (pairs.stream().noneMatch(known -> known.access().equals(pair.access()))) {
            pairs.add(pair);
        }
    }
}
