package io.portcullis.chaos.fault;

import java.util.concurrent.TimeUnit;
import java.util.function.IntConsumer;

/** Does something again and again in a thread of its own, until it is stopped. */
final class Pulse {
    private final Thread thread;

    private Pulse(Thread thread) {
        this.thread = thread;
    }

    /** @param beat is given the number of the beat, from 0 on, and may sleep */
    static Pulse start(IntConsumer beat) {
        Thread thread = new Thread(
                () -> {
                    for (int i = 0; !Thread.currentThread().isInterrupted(); i++) {
                        beat.accept(i);
                    }
                },
                "pulse");
        thread.setDaemon(true);
        thread.start();
        return new Pulse(thread);
    }

    /** Ends it, after the beat that is under way. */
    void stop() {
        thread.interrupt();
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** For beats: an interrupt ends the sleep at once and the pulse after this beat. */
    static void sleep(long millis) {
        try {
            TimeUnit.MILLISECONDS.sleep(millis);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
