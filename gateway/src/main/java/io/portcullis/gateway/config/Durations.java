package io.portcullis.gateway.config;

import java.time.Duration;

/** Refuses durations that cannot be meant, with a sentence that says what to write. */
final class Durations {
    private Durations() {}

    static void positive(String name, Duration value) {
        if (value.isZero() || value.isNegative()) {
            throw new IllegalArgumentException(name + ": " + value + " (expected: more than zero, such as 500ms)");
        }
    }

    /** A number without a unit is milliseconds, which nobody means here. */
    static void atLeastOneSecond(String name, Duration value, String example) {
        if (value.toSeconds() < 1) {
            throw new IllegalArgumentException(
                    name + ": " + value + " (expected: 1s or more, with its unit, such as " + example + ")");
        }
    }

    /** @param otherName of a property beside the first one */
    static void longer(String name, Duration value, String otherName, Duration other) {
        if (value.compareTo(other) <= 0) {
            String parent = name.substring(0, name.lastIndexOf('.') + 1);
            throw new IllegalArgumentException(name + ": " + value + " (expected: longer than " + parent + otherName
                    + ", which is " + other + ")");
        }
    }
}
