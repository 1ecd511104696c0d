package io.portcullis.core.event;

import io.portcullis.core.reactive.Repetition;
import java.time.Duration;

/** Computes pauses that double with each failure, from a second up to a limit, and vary, so that failures drift apart. */
final class Backoff {
    private static final Duration FIRST = Duration.ofSeconds(1);
    private static final int MAX_DOUBLINGS = 30;

    private Backoff() {}

    /**
     * Returns a random pause of 50 to 100 % of the pause for this number of failures.
     *
     * @param failures the number of failures in a row, 1 or more
     */
    static Duration after(int failures, Duration limit) {
        Duration pause = FIRST.multipliedBy(1L << Math.min(failures - 1, MAX_DOUBLINGS));
        return Repetition.jittered(pause.compareTo(limit) < 0 ? pause : limit);
    }
}
