package io.portcullis.core.account;

import com.nulabinc.zxcvbn.StandardDictionaries;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The common passwords of the library zxcvbn, in lower case: the most frequent 30,000 of published breaches, of which 11,611 have the
 * 8 characters that a password must have. Read from the library's file on first use. The list lacks frequent passwords that zxcvbn
 * finds without it: repeated parts ({@code 88888888}) and runs ({@code 87654321}). This class finds them by their form.
 */
final class CommonPasswords {
    /** The length of the longest password in the list. A longer pattern is no frequent password. */
    private static final int LONGEST_PATTERN = 20;

    private static final Pattern LETTERS_AND_DIGITS = Pattern.compile("[A-Za-z0-9]+");
    /** The greatest difference between neighbours of a run, as in zxcvbn. */
    private static final int GREATEST_STEP = 5;

    private CommonPasswords() {}

    private static final class Loaded {
        static final Set<String> PASSWORDS = load();

        private static Set<String> load() {
            try {
                return StandardDictionaries.PASSWORDS_LOADER.load().getFrequencies().stream()
                        .filter(password -> password.length() >= PasswordPolicy.LEAST_LENGTH)
                        .collect(Collectors.toUnmodifiableSet());
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    /** Tells whether the list has this password, which must be in lower case. */
    static boolean contains(String password) {
        return Loaded.PASSWORDS.contains(password);
    }

    /**
     * Tells whether this password is a repeated part or a run, of letters and digits in ASCII as in the list, and not longer than the
     * passwords of the list.
     */
    static boolean isPattern(String password) {
        return password.length() <= LONGEST_PATTERN
                && LETTERS_AND_DIGITS.matcher(password).matches()
                && (isRepeatedPart(password) || isRun(password));
    }

    /** Tells whether the text is a shorter text two or more times. Then it occurs in its double other than at the ends. */
    private static boolean isRepeatedPart(String text) {
        int second = (text + text).indexOf(text, 1);
        return second >= 0 && second < text.length();
    }

    /** Tells whether each character is as far from the one before, such as in {@code abcdefgh} and {@code 97531}. */
    private static boolean isRun(String text) {
        if (text.length() < 2) {
            return false;
        }
        int step = text.charAt(1) - text.charAt(0);
        for (int i = 2; i < text.length(); i++) {
            if (text.charAt(i) - text.charAt(i - 1) != step) {
                return false;
            }
        }
        return Math.abs(step) <= GREATEST_STEP;
    }

    /** Reads the list, so that no event loop reads the file later. */
    static void load() {
        if (Loaded.PASSWORDS.isEmpty()) {
            throw new IllegalStateException("common passwords: none (expected: the list of zxcvbn)");
        }
    }
}
