package io.portcullis.gateway.endpoint;

import io.portcullis.core.account.NewAccount;
import io.portcullis.core.error.ErrorCode;
import io.portcullis.core.error.PortcullisException;
import org.jspecify.annotations.Nullable;

/**
 * Checks the fields of request bodies; each refusal says what to write. {@link NewAccount} has the rules for the name and the password of
 * a new account.
 */
public final class RequestFields {
    /** Above the limit of new accounts, because an existing user table may have longer names, such as e-mail addresses. */
    private static final int MAX_USERNAME = 128;

    private static final int MAX_PASSWORD = 128;

    private RequestFields() {}

    /** Returns the username of a login. Throws {@code BAD_REQUEST} if it cannot be the name of an account. */
    public static String username(@Nullable String value) {
        String username = text("username", value, MAX_USERNAME);
        if (!username.equals(username.strip())) {
            throw invalidField("username", "no space at either end");
        }
        return username;
    }

    /** Returns a password to verify. Accepts any 1 to 128 characters, because it may have been chosen under other rules. */
    public static String password(String field, @Nullable String value) {
        if (value == null || value.isEmpty() || value.length() > MAX_PASSWORD) {
            throw invalidField(field, "1 to " + MAX_PASSWORD + " characters");
        }
        requireWholeCharacters(field, value);
        return value;
    }

    /** A text of one line. */
    public static String text(String field, @Nullable String value, int max) {
        if (value == null || value.isBlank() || value.length() > max) {
            throw invalidField(field, "1 to " + max + " characters");
        }
        if (value.chars().anyMatch(Character::isISOControl)) {
            throw invalidField(field, "no control characters");
        }
        requireWholeCharacters(field, value);
        return value;
    }

    private static void requireWholeCharacters(String field, String value) {
        if (NewAccount.hasLoneSurrogate(value)) {
            throw invalidField(field, "whole characters, no halves of surrogate pairs");
        }
    }

    /** A text of one line, or none at all. */
    public static @Nullable String optionalText(String field, @Nullable String value, int max) {
        return value == null || value.isBlank() ? null : text(field, value, max);
    }

    public static PortcullisException invalidField(String field, String expected) {
        return PortcullisException.of(ErrorCode.BAD_REQUEST, field + " (expected: " + expected + ")");
    }
}
