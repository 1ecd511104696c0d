package io.portcullis.gateway.problem;

import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Selects the language of the messages from {@code Accept-Language} (RFC 9110 section 12.5.4).
 *
 * <p>The parser reads each character once and allocates nothing per range. The JDK's parser sorts and copies the whole list for
 * each range and caches a locale for each tag, so a client could make it expensive. A malformed range is skipped.
 */
final class AcceptedLanguages {
    private static final int MAX_QUALITY = 1_000;
    /** Bounds the work for one request; ranges after this number are ignored. Browsers send fewer. */
    private static final int MAX_RANGES = 64;

    private int bestQuality;
    private Locale best = Locale.ENGLISH;
    private int ranges;

    private AcceptedLanguages() {}

    /** Returns the supported language with the highest quality, the first one of several. English if the header names none. */
    static Locale preferred(List<? extends CharSequence> values) {
        AcceptedLanguages accepted = new AcceptedLanguages();
        for (CharSequence value : values) {
            accepted.read(value);
        }
        return accepted.best;
    }

    private void read(CharSequence value) {
        int start = 0;
        while (start < value.length() && ranges < MAX_RANGES) {
            int end = indexOf(value, ',', start, value.length());
            readRange(value, start, end);
            ranges++;
            start = end + 1;
        }
    }

    private void readRange(CharSequence value, int start, int end) {
        int semicolon = indexOf(value, ';', start, end);
        Locale language = language(value, start, semicolon);
        if (language == null) {
            return;
        }
        int quality = semicolon == end ? MAX_QUALITY : quality(value, semicolon + 1, end);
        if (quality > bestQuality) {
            bestQuality = quality;
            best = language;
        }
    }

    /** Returns the language of the range, or {@code null} if it has no messages. The range {@code *} yields {@code null} too. */
    private static @Nullable Locale language(CharSequence value, int start, int end) {
        int from = start;
        while (from < end && isSpace(value.charAt(from))) {
            from++;
        }
        // A supported tag has two letters, and after them the end of the range, a subtag or white space.
        if (end - from < 2 || (end - from > 2 && !endsLanguage(value.charAt(from + 2)))) {
            return null;
        }
        char first = Character.toLowerCase(value.charAt(from));
        char second = Character.toLowerCase(value.charAt(from + 1));
        if (first == 'e' && second == 'n') {
            return Locale.ENGLISH;
        }
        return first == 'z' && second == 'h' ? Locale.SIMPLIFIED_CHINESE : null;
    }

    private static boolean endsLanguage(char c) {
        return c == '-' || isSpace(c);
    }

    /** Returns the weight in thousandths (RFC 9110 section 12.4.2), or 0 if it is malformed. */
    private static int quality(CharSequence value, int start, int end) {
        int at = start;
        while (at < end && isSpace(value.charAt(at))) {
            at++;
        }
        if (end - at < 3 || Character.toLowerCase(value.charAt(at)) != 'q' || value.charAt(at + 1) != '=') {
            return 0;
        }
        return thousandths(value, at + 2, end);
    }

    private static int thousandths(CharSequence value, int start, int end) {
        int quality = 0;
        int scale = MAX_QUALITY;
        for (int i = start; i < end && !isSpace(value.charAt(i)); i++) {
            char c = value.charAt(i);
            boolean isPoint = i == start + 1;
            if (isPoint ? c != '.' : c < '0' || c > '9') {
                return 0;
            }
            if (!isPoint) {
                quality += (c - '0') * scale;
                scale /= 10;
            }
        }
        return Math.min(quality, MAX_QUALITY);
    }

    private static boolean isSpace(char c) {
        return c == ' ' || c == '\t';
    }

    /** Returns the first position of the character between {@code start} and {@code end}, or {@code end} if it does not occur. */
    private static int indexOf(CharSequence text, char wanted, int start, int end) {
        int at = start;
        while (at < end && text.charAt(at) != wanted) {
            at++;
        }
        return at;
    }
}
