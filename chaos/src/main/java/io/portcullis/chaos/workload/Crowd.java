package io.portcullis.chaos.workload;

import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** The sessions that the clients of a round have opened, and the queue of sessions to kick. Thread-safe. */
final class Crowd {
    private final List<HeldSession> sessions = new CopyOnWriteArrayList<>();
    private final Queue<HeldSession> toKick = new ConcurrentLinkedQueue<>();

    void add(HeldSession session) {
        sessions.add(session);
    }

    List<HeldSession> sessions() {
        return sessions;
    }

    /** Returns a random session, with a preference for recent ones; null if there is none. */
    @Nullable
    HeldSession any(RandomGenerator random) {
        int size = sessions.size();
        if (size == 0) {
            return null;
        }
        int first = random.nextInt(3) == 0 ? 0 : Math.max(0, size - 20);
        return sessions.get(random.nextInt(first, size));
    }

    void requestKick(HeldSession session) {
        toKick.add(session);
    }

    @Nullable
    HeldSession nextToKick() {
        return toKick.poll();
    }
}
