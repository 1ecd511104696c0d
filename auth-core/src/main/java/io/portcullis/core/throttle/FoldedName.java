package io.portcullis.core.throttle;

import java.text.Normalizer;
import java.util.Locale;

/**
 * Folds a username like a case-insensitive collation: ignores case, width, accents, invisible characters and white
 * space at both ends. The folded name is only a key of the attempt counters, so that spellings of one username share
 * a counter; it never selects an account.
 */
final class FoldedName {
    private static final int MAX_LENGTH = 128;

    private FoldedName() {}

    /** Returns the folded form of the first 128 characters. */
    static String of(String name) {
        String cut = name.length() <= MAX_LENGTH ? name : name.substring(0, MAX_LENGTH);
        var folded = new StringBuilder(cut.length());
        Normalizer.normalize(cut, Normalizer.Form.NFKD)
                .codePoints()
                .filter(FoldedName::hasCollationWeight)
                .forEach(folded::appendCodePoint);
        // Converts to upper case first, which maps sharp s to SS and final sigma to sigma.
        String folding = folded.toString().toUpperCase(Locale.ROOT).toLowerCase(Locale.ROOT);
        return Normalizer.normalize(folding, Normalizer.Form.NFKC).strip();
    }

    private static boolean hasCollationWeight(int character) {
        return switch (Character.getType(character)) {
            case Character.NON_SPACING_MARK,
                    Character.ENCLOSING_MARK,
                    Character.COMBINING_SPACING_MARK,
                    Character.CONTROL,
                    Character.FORMAT -> false;
            default -> true;
        };
    }
}
