package io.portcullis.gateway.authentication;

import java.util.regex.Pattern;

/** Recognises paths that the gateway and a service could interpret differently (docs/design.md section 5, step 1). */
final class PathAmbiguity {
    /** Dot segments, path parameters, empty segments, backslashes, and control characters. */
    private static final String RAW = "(?:^|/)\\.{1,2}(?:/|$)|;|//|\\\\|[\\x00-\\x20\\x7F]";
    /** A percent sign that is encoded once or more than once, for services behind a second decoder. */
    private static final String PERCENT = "%(?:25)*";
    /** The digits of encoded control characters. */
    private static final String CONTROL = "[01][0-9a-f]|7f";
    /** The digits of encoded separators and dots. */
    private static final String SEPARATOR = "2[ef]|5c|3b";
    /**
     * The digits of characters in more bytes than UTF-8 gives them (RFC 3629 section 3), two to six. Lenient decoders take them for
     * dots and separators.
     */
    private static final String OVERLONG = "c[01]" + PERCENT + "[89ab]|e0" + PERCENT + "[89]|f0" + PERCENT + "8|f8"
            + PERCENT + "8[0-7]|fc" + PERCENT + "8[0-3]";

    private static final Pattern AMBIGUOUS = pattern(CONTROL + "|" + OVERLONG + "|" + SEPARATOR);
    private static final Pattern AMBIGUOUS_IGNORING_ENCODED = pattern(CONTROL + "|" + OVERLONG);

    private static Pattern pattern(String encoded) {
        return Pattern.compile(RAW + "|" + PERCENT + "(?:" + encoded + ")", Pattern.CASE_INSENSITIVE);
    }

    private PathAmbiguity() {}

    static boolean isAmbiguous(CharSequence rawPath) {
        return AMBIGUOUS.matcher(rawPath).find();
    }

    /** Returns whether the path is ambiguous even if encoded separators and dots count as ordinary characters of a segment. */
    static boolean isAmbiguousIgnoringEncoded(String rawPath) {
        return AMBIGUOUS_IGNORING_ENCODED.matcher(rawPath).find();
    }
}
