package io.portcullis.chaos.fault;

import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** A pause of the thread that runs a round. */
public final class Pause {
    private Pause() {}

    /** Sleeps for this time. */
    public static void of(Duration duration) {
        try {
            TimeUnit.NANOSECONDS.sleep(duration.toNanos());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }
}
