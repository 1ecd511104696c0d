package io.portcullis.chaos.workload;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** A session as its client knows it: every pair that it was ever handed, the latest last. A thief would hold as much. */
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

    /** Takes over what a refresh answered, if it is not known yet. */
    synchronized void add(Pair pair) {
        if (pairs.stream().noneMatch(known -> known.access().equals(pair.access()))) {
            pairs.add(pair);
        }
    }
}
