package io.portcullis.gateway.upstream;

import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * Bounds the number of connections to one service, on one event loop or on all. Who finds none free waits in line. Thread-safe; no
 * method waits.
 */
final class ConnectionPermits {
    private final int max;
    private final Deque<Acquisition> waiting = new ArrayDeque<>();
    private int taken;

    ConnectionPermits(int max) {
        this.max = max;
    }

    /** Takes a permit. If none is free, or others wait already, {@code acquisition} waits, and false is returned. */
    synchronized boolean takeOrWait(Acquisition acquisition) {
        if (taken < max && waiting.isEmpty()) {
            taken++;
            return true;
        }
        waiting.add(acquisition);
        return false;
    }

    /** Returns a permit. If an acquisition waits, the permit stays taken and passes to that acquisition, which is returned. */
    synchronized @Nullable Acquisition giveBack() {
        Acquisition next = waiting.poll();
        if (next == null) {
            taken--;
        }
        return next;
    }

    /** Returns the acquisition that has waited longest, to receive a connection together with its permit; null if none waits. */
    synchronized @Nullable Acquisition nextWaiting() {
        return waiting.poll();
    }

    synchronized boolean hasWaiting() {
        return !waiting.isEmpty();
    }

    /** Removes one that no longer waits. */
    synchronized void leave(Acquisition acquisition) {
        waiting.remove(acquisition);
    }

    synchronized int taken() {
        return taken;
    }
}
