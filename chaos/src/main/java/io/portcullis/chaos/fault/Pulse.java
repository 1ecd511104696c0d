package io.portcullis.chaos.fault;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.ObjIntConsumer;

/** Repeats an action on a separate thread until it is stopped. */
final class Pulse {
    private final CountDownLatch stopped = new CountDownLatch(1);
    private final Thread thread;

    private Pulse(ObjIntConsumer<Pulse> beat) {
        thread = new Thread(() -> beatUntilStopped(beat), "pulse");
        thread.setDaemon(true);
    }

    /**
     * Starts the repetition.
     *
     * @param beat receives the pulse and the number of the repetition, from 0 on; it may call {@link #sleep}
     */
    static Pulse start(ObjIntConsumer<Pulse> beat) {
        Pulse pulse = new Pulse(beat);
        pulse.thread.start();
        return pulse;
    }

    private void beatUntilStopped(ObjIntConsumer<Pulse> beat) {
        for (int i = 0; stopped.getCount() > 0; i++) {
            beat.accept(this, i);
        }
    }

    /** Ends the repetition. Waits for the current run of the action. */
    void stop() {
        stopped.countDown();
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Sleeps on behalf of the action. Returns early when the pulse is stopped. */
    void sleep(long millis) {
        try {
            var unused = stopped.await(millis, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
