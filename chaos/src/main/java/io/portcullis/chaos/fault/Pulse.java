package io.portcullis.chaos.fault;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.ObjIntConsumer;

/** Does something again and again in a thread of its own, until it is stopped. */
final class Pulse {
    private final CountDownLatch stopped = new CountDownLatch(1);
    private final Thread thread;

    private Pulse(ObjIntConsumer<Pulse> beat) {
        thread = new Thread(() -> beatUntilStopped(beat), "pulse");
        thread.setDaemon(true);
    }

    /** @param beat is given the pulse and the number of the beat, from 0 on, and may {@link #sleep} */
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

    /** Ends it, after the beat that is under way. */
    void stop() {
        stopped.countDown();
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** For beats: sleeps, but not after the pulse has been stopped. */
    void sleep(long millis) {
        try {
            var unused = stopped.await(millis, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
