package io.portcullis.gateway.cookie;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Removes the deletion of cookies from the header {@code Clear-Site-Data} of a service. A browser deletes the cookies of the whole
 * registered domain for it, those of the gateway included.
 */
public final class ClearSiteData {
    public static final String NAME = "Clear-Site-Data";

    private static final String COOKIES = "cookies";
    private static final String EVERYTHING = "*";
    /** The types of data that {@code "*"} stands for, except cookies. Browsers ignore the types that they do not know. */
    private static final String EVERYTHING_BUT_COOKIES =
            "\"cache\", \"clientHints\", \"executionContexts\", \"prefetchCache\", \"prerenderCache\", \"storage\"";

    private ClearSiteData() {}

    /**
     * Returns the values of the header without {@code "cookies"}, and with the other types of data in place of {@code "*"}. All other
     * text stays as it is. A value of which nothing is left is dropped.
     */
    public static List<String> withoutCookies(List<String> values) {
        return values.stream()
                .map(value -> withoutCookies(value).strip())
                .filter(value -> !value.isEmpty())
                .toList();
    }

    /** Splits at each comma, as browsers do, also within quotation marks. */
    private static String withoutCookies(String value) {
        List<String> kept = new ArrayList<>();
        for (String type : value.split(",", -1)) {
            switch (nameOf(type)) {
                case COOKIES -> {}
                case EVERYTHING -> kept.add(" " + EVERYTHING_BUT_COOKIES);
                default -> kept.add(type);
            }
        }
        return String.join(",", kept);
    }

    /** Returns the type without quotation marks, in lower case. Ignores all characters that a browser may ignore. */
    private static String nameOf(String type) {
        StringBuilder name = new StringBuilder(type.length());
        type.chars().filter(c -> c > ' ' && c < 0x7f && c != '"' && c != '\\').forEach(c -> name.append((char) c));
        return name.toString().toLowerCase(Locale.ROOT);
    }
}
