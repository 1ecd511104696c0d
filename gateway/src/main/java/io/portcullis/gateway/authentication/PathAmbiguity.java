package io.portcullis.gateway.authentication;

import java.util.regex.Pattern;

/** Recognises the paths that a gateway and a service could read differently. */
final class PathAmbiguity {
    /** Dot segments, path parameters, empty segments, backslashes, and control characters, encoded or not. */
    private static final String RAW = "(?:^|/)\\.{1,2}(?:/|$)|;|//|\\\\|%(?:25)*(?:[01][0-9a-f]|7f)|[\\x00-\\x20\\x7F]";
    /** Separators and dots that are encoded, also more than once, for services behind a second decoder. */
    private static final String ENCODED = "%(?:25)*(?:2[ef]|5c|3b)";

    private static final Pattern AMBIGUOUS = Pattern.compile(RAW + "|" + ENCODED, Pattern.CASE_INSENSITIVE);
    private static final Pattern AMBIGUOUS_BESIDE_ENCODED = Pattern.compile(RAW, Pattern.CASE_INSENSITIVE);

    private PathAmbiguity() {}

    static boolean isAmbiguous(CharSequence pathAmbiguity) {
        return AMBIGUOUS.matcher(pathAmbiguity).find();
    }

    /** Whether the path is odd although its encoded separators and dots are taken for ordinary characters of a segment. */
    static boolean isAmbiguousBesideEncoded(String pathAmbiguity) {
        return AMBIGUOUS_BESIDE_ENCODED.matcher(pathAmbiguity).find();
    }
}
