package io.portcullis.testbed;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/** The active faults of a {@link TcpProxy}. Thread-safe. */
final class TcpFaults {
    /**
     * The longest supported pattern, less one byte. So many bytes are kept to recognise a pattern that arrives in two
     * pieces.
     */
    private static final int MAX_OVERLAP = 256;

    private final List<TcpTrap> traps = new ArrayList<>();
    private boolean requestsHeld;
    private boolean responsesHeld;
    private Duration delay = Duration.ZERO;
    private long heals;

    synchronized void hold(boolean requests, boolean responses) {
        requestsHeld |= requests;
        responsesHeld |= responses;
    }

    synchronized void delay(Duration newDelay) {
        delay = newDelay;
    }

    synchronized void add(TcpTrap trap) {
        if (trap.overlap() > MAX_OVERLAP) {
            throw new IllegalArgumentException("pattern: longer than " + MAX_OVERLAP + " bytes");
        }
        traps.add(trap);
    }

    synchronized void heal() {
        requestsHeld = false;
        responsesHeld = false;
        delay = Duration.ZERO;
        traps.clear();
        heals++;
        notifyAll();
    }

    /** Wakes the threads that wait here on behalf of a closed connection. */
    synchronized void linkClosed() {
        notifyAll();
    }

    synchronized boolean requestsHeld() {
        return requestsHeld;
    }

    synchronized boolean responsesHeld() {
        return responsesHeld;
    }

    /** Returns the number of heals so far. The effect of a trap on a connection ends with the next heal. */
    synchronized long heals() {
        return heals;
    }

    /** Removes and returns the trap that the bytes of a request complete. */
    synchronized Optional<TcpTrap> trigger(TcpLink link, byte[] bytes) {
        Optional<TcpTrap> found =
                traps.stream().filter(trap -> trap.matches(link, bytes)).findFirst();
        found.ifPresent(traps::remove);
        return found;
    }

    synchronized int overlap() {
        return traps.stream().mapToInt(TcpTrap::overlap).max().orElse(0);
    }

    /** Waits while the condition holds. Rechecks the condition after each change of the faults. */
    synchronized void awaitWhile(BooleanSupplier held) throws InterruptedException {
        while (held.getAsBoolean()) {
            wait();
        }
    }

    /** Waits for the delay of a response, and less if the delay or the connection ends meanwhile. */
    synchronized void awaitDelay(BooleanSupplier open) throws InterruptedException {
        long start = System.nanoTime();
        long left = delay.toMillis();
        while (left > 0 && open.getAsBoolean()) {
            wait(left);
            left = delay.toMillis() - (System.nanoTime() - start) / 1_000_000;
        }
    }
}
