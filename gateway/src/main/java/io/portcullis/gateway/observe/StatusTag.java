package io.portcullis.gateway.observe;

import org.springframework.http.HttpStatus;
import org.springframework.http.HttpStatusCode;

/**
 * The values of the tags that tell a response status. A registered status is told as it is, any other by its class. A service may
 * let its client choose the status, and each value of a tag makes a meter for each route and method that is never removed.
 */
public final class StatusTag {
    /** The number of values of {@link #index}. */
    public static final int COUNT = 1_000;

    private static final String UNKNOWN = "UNKNOWN";

    private StatusTag() {}

    /** The status as digits, such as {@code 404}, or its class, such as {@code 4xx}. */
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

    /** The name of a registered status, such as {@code NOT_FOUND}; {@code CUSTOM} for any other. */
    public static String name(int status) {
        HttpStatus known = HttpStatus.resolve(status);
        return known == null ? "CUSTOM" : known.name();
    }

    /** The series of a registered status, such as {@code CLIENT_ERROR}; {@code CUSTOM} for any other. */
    public static String outcome(int status) {
        HttpStatus known = HttpStatus.resolve(status);
        return known == null ? "CUSTOM" : known.series().name();
    }

    /** A number below {@link #COUNT} that is the same for two statuses if and only if their tags are. */
    public static int index(int status) {
        return HttpStatus.resolve(status) == null ? hundreds(status) : status;
    }

    /** The first digit of a status of three; 0 for a number that is none. */
    private static int hundreds(int status) {
        return status >= 100 && status < COUNT ? status / 100 : 0;
    }
}
