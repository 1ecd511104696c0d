package io.portcullis.gateway.observe;

import org.springframework.http.HttpStatus;
import org.springframework.http.HttpStatusCode;

/**
 * Maps a response status to the values of meter tags. A registered status keeps its own value; all others share the value of
 * their class. The mapping bounds memory: a service may let its client choose the status, and each tag value creates a meter per
 * route and method that is never removed.
 */
public final class StatusTag {
    /** The exclusive upper bound of {@link #index}. */
    public static final int COUNT = 1_000;

    private static final String UNKNOWN = "UNKNOWN";

    private StatusTag() {}

    /**
     * Returns a registered status as digits, such as {@code 404}, and any other as its class, such as {@code 4xx}. Returns
     * {@code UNKNOWN} for a number that is not a three-digit status.
     */
    public static String code(int status) {
        if (HttpStatus.resolve(status) != null) {
            return Integer.toString(status);
        }
        int digit = hundreds(status);
        return digit == 0 ? UNKNOWN : digit + "xx";
    }

    static String code(HttpStatusCode status) {
        return code(status.value());
    }

    /** Returns the name of a registered status, such as {@code NOT_FOUND}, or {@code CUSTOM} for any other. */
    public static String name(int status) {
        HttpStatus known = HttpStatus.resolve(status);
        return known == null ? "CUSTOM" : known.name();
    }

    /** Returns the series of a registered status, such as {@code CLIENT_ERROR}, or {@code CUSTOM} for any other. */
    public static String outcome(int status) {
        HttpStatus known = HttpStatus.resolve(status);
        return known == null ? "CUSTOM" : known.series().name();
    }

    /** Returns an array index below {@link #COUNT}. Two statuses have the same index if and only if they have the same tags. */
    public static int index(int status) {
        return HttpStatus.resolve(status) == null ? hundreds(status) : status;
    }

    /** Returns the first digit of a three-digit status, or 0 for any other number. */
    private static int hundreds(int status) {
        return status >= 100 && status < COUNT ? status / 100 : 0;
    }
}
