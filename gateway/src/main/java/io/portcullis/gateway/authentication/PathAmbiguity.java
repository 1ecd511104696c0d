package io.portcullis.gateway.authentication;

import java.util.regex.Pattern;

/** Recognises paths that the gateway and a service could interpret differently (docs/design.md section 5, step 1). */
final class PathAmbiguity {
    /** Dot segments, path parameters, empty segments, backslashes, and control characters, encoded or not. */
    private static final String RAW = "(?:^|/)\\.{1,2}(?:/|$)|;|//|\\\\|%(?:25)*(?:[01][0-9a-f]|7f)|[\\x00-\\x20\\x7F]";
    /** Separators and dots that are encoded, also more than once, for services behind a second decoder. */
    private static final String ENCODED = "%(?:25)*(?:2[ef]|5c|3b)";

    /**
     * Characters in more bytes than UTF-8 gives them (RFC 3629 section 3), which lenient decoders take for dots and separators:
     * two to six bytes, encoded once or more than once.
     */
    private static final String OVERLONG =
            "%(?:25)*(?:c[01]%(?:25)*[89ab]|e0%(?:25)*[89]|f0%(?:25)*8|f8%(?:25)*8[0-7]|fc%(?:25)*8[0-3])";

    private static final Pattern AMBIGUOUS =
            Pattern.compile(RAW + "|" + OVERLONG + "|" + ENCODED, Pattern.CASE_INSENSITIVE);
    private static final Pattern AMBIGUOUS_IGNORING_ENCODED =
            Pattern.compile(RAW + "|" + OVERLONG, Pattern.CASE_INSENSITIVE);

    private PathAmbiguity() {}

    static boolean isAmbiguous(CharSequence rawPath) {
        return AMBIGUOUS.matcher(rawPath).find();
    }

    /** Returns whether the path is ambiguous even if encoded separators and dots count as ordinary characters of a segment. */
    static boolean isAmbiguousIgnoringEncoded(String rawPath) {
        return AMBIGUOUS_IGNORING_ENCODED.matcher(rawPath).find();
    }
}
