package io.portcullis.bench.process;

import java.time.Duration;

/** Pauses of the thread that runs the benchmark. */
public final class Pause {
    private Pause() {}

    /** Blocks the caller for this time. */
    public static void of(Duration time) {
        try {
            Thread.sleep(time.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }
}
