package io.portcullis.core.account;

import io.portcullis.core.error.ErrorCode;
import io.portcullis.core.error.PortcullisException;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The rules for a new password, as chapter V6.2 of OWASP ASVS 5.0 has them: a minimum length, no common password, no password that is
 * little more than the username or a word of the context, and no rule about kinds of characters. A login never applies them, so an
 * existing password stays valid.
 *
 * @param minLength the least number of characters (Unicode code points), 8 to 64
 * @param contextWords words that count as little as the username, such as the name of the company
 */
public record PasswordPolicy(int minLength, List<String> contextWords) {
    /** The least minimum (ASVS 6.2.1). */
    public static final int LEAST_LENGTH = 8;
    /** The greatest minimum, because a password of this length must be possible (ASVS 6.2.9). */
    public static final int GREATEST_MIN_LENGTH = 64;
    /** A shorter word occurs in too many passwords by chance. */
    private static final int SHORTEST_WORD = 3;

    private static final Pattern SURROUNDING_MARKS = Pattern.compile("^[^\\p{L}\\p{N}]+|[^\\p{L}\\p{N}]+$");

    /** Throws {@link IllegalArgumentException} for a minimum outside of 8 to 64. */
    public PasswordPolicy {
        if (minLength < LEAST_LENGTH || minLength > GREATEST_MIN_LENGTH) {
            throw new IllegalArgumentException("min-length: " + minLength + " (expected: " + LEAST_LENGTH + " to "
                    + GREATEST_MIN_LENGTH + " characters, 15 is recommended)");
        }
        contextWords = List.copyOf(contextWords);
        CommonPasswords.load();
    }

    /** Returns the default rules: at least 8 characters, and {@code portcullis} as the only word of the context. */
    public static PasswordPolicy defaults() {
        return new PasswordPolicy(LEAST_LENGTH, List.of("portcullis"));
    }

    /** Throws {@code BAD_REQUEST}, with a sentence about the broken rule, for a password that the account must not get. */
    public void require(String username, String password) {
        if (password.codePointCount(0, password.length()) < minLength) {
            throw refusal("too short (expected: at least " + minLength + " characters)");
        }
        String folded = fold(password);
        if (CommonPasswords.contains(folded)) {
            throw refusal("too common (expected: one that is not in the lists of common passwords)");
        }
        String rest = withoutWords(folded, username);
        if (!rest.equals(folded) && (rest.length() < LEAST_LENGTH || isCommon(trim(rest)))) {
            throw refusal("little more than the username or a well-known word (expected: at least " + LEAST_LENGTH
                    + " other characters, which are no common password)");
        }
        if (CommonPasswords.isPattern(folded)) {
            throw refusal("too common (expected: other than a repeated part or a run of characters)");
        }
    }

    private static boolean isCommon(String folded) {
        return CommonPasswords.contains(folded) || CommonPasswords.isPattern(folded);
    }

    private String withoutWords(String folded, String username) {
        String rest = folded;
        for (String word : words(contextWords, username)) {
            rest = rest.replace(word, "");
        }
        return rest;
    }

    /** The longest word first, because it may contain another one. */
    private static List<String> words(Collection<String> contextWords, String username) {
        return Stream.concat(Stream.of(username), contextWords.stream())
                .map(PasswordPolicy::fold)
                .filter(word -> word.length() >= SHORTEST_WORD)
                .sorted((a, b) -> b.length() - a.length())
                .toList();
    }

    private static String fold(String text) {
        return text.toLowerCase(Locale.ROOT);
    }

    private static String trim(String text) {
        return SURROUNDING_MARKS.matcher(text).replaceAll("");
    }

    private static PortcullisException refusal(String reason) {
        return PortcullisException.of(ErrorCode.BAD_REQUEST, "password: " + reason);
    }
}
