package io.portcullis.gateway.config;

import java.time.Duration;

/** Validates durations of the configuration. Each method throws {@link IllegalArgumentException} with the expected values. */
final class Durations {
    private Durations() {}

    static void positive(String name, Duration value) {
        if (value.isZero() || value.isNegative()) {
            throw new IllegalArgumentException(name + ": " + value + " (expected: more than zero, such as 500ms)");
        }
    }

    /** Refuses less than a second, because a number without a unit binds as milliseconds, which would be a mistake. */
    static void atLeastOneSecond(String name, Duration value, String example) {
        if (value.toSeconds() < 1) {
            throw new IllegalArgumentException(
                    name + ": " + value + " (expected: 1s or more, with its unit, such as " + example + ")");
        }
    }

    /**
     * Checks that one duration is longer than another one.
     *
     * @param name the full name of the property
     * @param otherName the last part of the name of a sibling property
     */
    static void longer(String name, Duration value, String otherName, Duration other) {
        if (value.compareTo(other) <= 0) {
            String parent = name.substring(0, name.lastIndexOf('.') + 1);
            throw new IllegalArgumentException(name + ": " + value + " (expected: longer than " + parent + otherName
                    + ", which is " + other + ")");
        }
    }
}
