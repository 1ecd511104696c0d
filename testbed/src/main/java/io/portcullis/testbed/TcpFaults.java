package io.portcullis.testbed;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/** What is wrong at the moment with the network that a {@link TcpProxy} stands for. */
final class TcpFaults {
    /** Enough to recognise any pattern in two pieces. */
    private static final int MAX_OVERLAP = 256;

    private final List<TcpTrap> traps = new ArrayList<>();
    private boolean requestsHeld;
    private boolean answersHeld;
    private Duration delay = Duration.ZERO;
    private long heals;

    synchronized void hold(boolean requests, boolean answers) {
        requestsHeld |= requests;
        answersHeld |= answers;
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
        answersHeld = false;
        delay = Duration.ZERO;
        traps.clear();
        heals++;
        notifyAll();
    }

    /** Wakes those who wait here for a connection that is no more. */
    synchronized void linkClosed() {
        notifyAll();
    }

    synchronized boolean requestsHeld() {
        return requestsHeld;
    }

    synchronized boolean answersHeld() {
        return answersHeld;
    }

    /** How often all was made well: what a trap did to a connection before that is over. */
    synchronized long heals() {
        return heals;
    }

    /** Takes the trap that these bytes of a request step into. */
    synchronized Optional<TcpTrap> spring(byte[] bytes) {
        Optional<TcpTrap> found =
                traps.stream().filter(trap -> trap.isIn(bytes)).findFirst();
        found.ifPresent(traps::remove);
        return found;
    }

    synchronized int overlap() {
        return traps.stream().mapToInt(TcpTrap::overlap).max().orElse(0);
    }

    /** Waits while the condition holds; whoever changes it has called a method of this object. */
    synchronized void awaitWhile(BooleanSupplier held) throws InterruptedException {
        while (held.getAsBoolean()) {
            wait();
        }
    }

    /** Waits as long as answers are delayed, less if that ends meanwhile. */
    synchronized void awaitDelay(BooleanSupplier open) throws InterruptedException {
        long start = System.nanoTime();
        long left = delay.toMillis();
        while (left > 0 && open.getAsBoolean()) {
            wait(left);
            left = delay.toMillis() - (System.nanoTime() - start) / 1_000_000;
        }
    }
}
