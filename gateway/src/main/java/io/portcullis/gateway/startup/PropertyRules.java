package io.portcullis.gateway.startup;

import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;

/** Validates values of properties. Each method throws {@link IllegalArgumentException} with the expected values. */
public final class PropertyRules {
    /** The largest number of characters of an issuer or an audience. */
    public static final int MAX_NAME_LENGTH = 255;

    private PropertyRules() {}

    /**
     * Requires a duration of more than zero.
     *
     * @param name the full name of the property
     */
    public static void positive(String name, Duration value) {
        if (value.isZero() || value.isNegative()) {
            throw new IllegalArgumentException(name + ": " + value + " (expected: more than zero, such as 500ms)");
        }
    }

    /**
     * Requires a second or more, because a number without a unit binds as milliseconds, which would be a mistake.
     *
     * @param name the full name of the property
     * @param example a valid value for the error message
     */
    public static void atLeastOneSecond(String name, Duration value, String example) {
        if (value.toSeconds() < 1) {
            throw new IllegalArgumentException(
                    name + ": " + value + " (expected: 1s or more, with its unit, such as " + example + ")");
        }
    }

    /**
     * Requires that one duration is longer than another one.
     *
     * @param name the full name of the property
     * @param otherName the last part of the name of a sibling property
     */
    public static void longer(String name, Duration value, String otherName, Duration other) {
        if (value.compareTo(other) <= 0) {
            String parent = name.substring(0, name.lastIndexOf('.') + 1);
            throw new IllegalArgumentException(name + ": " + value + " (expected: longer than " + parent + otherName
                    + ", which is " + other + ")");
        }
    }

    /**
     * Requires a number of 1 or more.
     *
     * @param name the full name of the property
     * @param example a valid value for the error message
     */
    public static void requireAtLeastOne(String name, int value, int example) {
        if (value < 1) {
            throw new IllegalArgumentException(name + ": " + value + " (expected: 1 or more, such as " + example + ")");
        }
    }

    /** Returns whether a text can be the name of an issuer or an audience: 1 to 255 characters as RFC 7519 section 2 says. */
    public static boolean isStringOrUri(String text) {
        if (text.isEmpty() || text.length() > MAX_NAME_LENGTH || text.chars().anyMatch(c -> c <= ' ' || c == 0x7f)) {
            return false;
        }
        try {
            // A text with a colon must be a URI.
            return text.indexOf(':') < 0 || new URI(text).isAbsolute();
        } catch (URISyntaxException e) {
            return false;
        }
    }
}
