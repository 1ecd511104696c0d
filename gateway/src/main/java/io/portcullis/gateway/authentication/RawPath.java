package io.portcullis.gateway.authentication;

import java.util.regex.Pattern;

/** Tells the paths that a gateway and a service could read differently. */
final class RawPath {
    /**
     * Dot segments, path parameters, doubled or encoded slashes, backslashes and control characters; and the encoded
     * ones encoded once more, for services behind a second decoder.
     */
    private static final Pattern ODD = Pattern.compile(
            "(?:^|/)\\.{1,2}(?:/|$)|;|//|\\\\|%(?:25)*(?:2[ef]|5c|3b|[01][0-9a-f]|7f)|[\\x00-\\x20\\x7F]",
            Pattern.CASE_INSENSITIVE);

    private RawPath() {}

    static boolean isOdd(String rawPath) {
        return ODD.matcher(rawPath).find();
    }
}
