package io.portcullis.core.login;

import java.text.Normalizer;
import java.util.Locale;

/**
 * A name as a case-insensitive collation compares it: without differences in case, width, accents, invisible characters and white
 * space at the ends. It counts the tries under spellings of a name; it never finds an account.
 */
final class FoldedName {
    private static final int MAX_LENGTH = 128;

    private FoldedName() {}

    static String of(String name) {
        String cut = name.length() <= MAX_LENGTH ? name : name.substring(0, MAX_LENGTH);
        var folded = new StringBuilder(cut.length());
        Normalizer.normalize(cut, Normalizer.Form.NFKD)
                .codePoints()
                .filter(FoldedName::isWeighed)
                .forEach(folded::appendCodePoint);
        // Upper case first, because sharp s and final sigma have the lower case of another letter.
        String folding = folded.toString().toUpperCase(Locale.ROOT).toLowerCase(Locale.ROOT);
        return Normalizer.normalize(folding, Normalizer.Form.NFKC).strip();
    }

    private static boolean isWeighed(int character) {
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
