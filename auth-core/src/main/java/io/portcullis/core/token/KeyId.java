package io.portcullis.core.token;

import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The id of a signing key: the beginning of a hash of its secret (docs/adr/0002). It is part of each token and no secret. Its text form is six
 * lower-case hexadecimal digits.
 */
public record KeyId(int value) implements Comparable<KeyId> {
    /** The length of the text form. */
    public static final int TEXT_LENGTH = 6;

    private static final Pattern TEXT = Pattern.compile("[0-9a-f]{" + TEXT_LENGTH + "}");
    private static final int MAX = (1 << (8 * SigningKey.ID_LENGTH)) - 1;

    public KeyId {
        if (value < 0 || value > MAX) {
            throw new IllegalArgumentException("value: " + value + " (expected: 0 to " + MAX + ")");
        }
    }

    /** Returns the id of the key with this secret. */
    public static KeyId ofSecret(byte[] secret) {
        return new KeyId(SigningKey.idOf(secret));
    }

    /** Returns the id with this text form; empty if the text is none. */
    public static Optional<KeyId> parse(String text) {
        return TEXT.matcher(text).matches() ? Optional.of(new KeyId(Integer.parseInt(text, 16))) : Optional.empty();
    }

    /**
     * Returns the id with this text form.
     *
     * @throws IllegalArgumentException if the text is none
     */
    public static KeyId of(String text) {
        return parse(text)
                .orElseThrow(
                        () -> new IllegalArgumentException("key id (expected: six lower-case hexadecimal digits)"));
    }

    @Override
    public int compareTo(KeyId other) {
        return Integer.compare(value, other.value);
    }

    @Override
    public String toString() {
        return "%06x".formatted(value);
    }
}
