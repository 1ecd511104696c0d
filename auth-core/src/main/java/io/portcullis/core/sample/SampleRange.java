package io.portcullis.core.sample;

import java.time.Duration;
import java.time.Instant;

/**
 * A range of time that is divided into equal steps, {@value #MAX_STEPS} at most.
 *
 * @param from the beginning, inclusive
 * @param to the end, exclusive; after {@code from}
 * @param step the length of a step, in whole seconds
 */
public record SampleRange(Instant from, Instant to, Duration step) {
    /** The number of steps of five minutes in a day. */
    public static final int MAX_STEPS = 288;

    /**
     * Returns a range with the shortest steps that are neither too many nor shorter than {@code shortest}.
     *
     * @param shortest whole seconds
     */
    public static SampleRange of(Instant from, Instant to, Duration shortest) {
        Duration range = Duration.between(from, to);
        if (range.isNegative() || range.isZero()) {
            throw new IllegalArgumentException("range: " + from + " to " + to + " (expected: from before to)");
        }
        long millisPerSecondOfStep = MAX_STEPS * 1000L;
        long seconds = (range.toMillis() + millisPerSecondOfStep - 1) / millisPerSecondOfStep;
        return new SampleRange(from, to, Duration.ofSeconds(Math.max(seconds, shortest.toSeconds())));
    }

    /** Returns the beginning of a step, which are numbered from 0. */
    public Instant at(long number) {
        return from.plus(step.multipliedBy(number));
    }
}
