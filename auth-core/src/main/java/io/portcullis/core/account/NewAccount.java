package io.portcullis.core.account;

import io.portcullis.core.error.ErrorCode;
import io.portcullis.core.error.PortcullisException;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.regex.Pattern;

/** An account to be made; refuses with {@code BAD_REQUEST} what could not be logged in with or handed on in a header. */
public record NewAccount(String username, String password, Set<String> roles, String userType) {
    private static final int MAX_USERNAME = 64;
    private static final int MIN_PASSWORD = 8;
    private static final int MAX_PASSWORD_BYTES = 72;
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9_.:-]{0,31}");

    public NewAccount {
        requireUsername(username);
        requirePassword(password);
        roles = Set.copyOf(roles);
        roles.forEach(role -> requireName("roles", role));
        requireName("userType", userType);
        if (roles.size() > 16) {
            throw PortcullisException.of(ErrorCode.BAD_REQUEST, "roles: too many (expected: at most 16)");
        }
    }

    /** Refuses what no account can be called. */
    public static void requireUsername(String username) {
        boolean wellFormed = !username.isEmpty()
                && username.length() <= MAX_USERNAME
                && username.equals(username.strip())
                && username.codePoints().allMatch(NewAccount::isVisible);
        if (!wellFormed) {
            throw PortcullisException.of(
                    ErrorCode.BAD_REQUEST,
                    "username: expected 1 to " + MAX_USERNAME
                            + " characters, no control, format or unassigned characters, no spaces but U+0020, and none at either"
                            + " end");
        }
    }

    /** Two names must not look alike by characters that are not seen, and none may turn the text around it. */
    private static boolean isVisible(int character) {
        return switch (Character.getType(character)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.UNASSIGNED,
                    Character.SURROGATE,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR -> false;
            case Character.SPACE_SEPARATOR -> character == ' ';
            default -> true;
        };
    }

    /** Whether no account can have the password, for its length. */
    public static boolean isOverlong(String password) {
        return password.getBytes(StandardCharsets.UTF_8).length > MAX_PASSWORD_BYTES;
    }

    /** Refuses a password that is too short to be one, longer than the hash takes in, or no text that UTF-8 has bytes for. */
    public static void requirePassword(String password) {
        if (password.codePoints().anyMatch(c -> Character.getType(c) == Character.SURROGATE)) {
            throw PortcullisException.of(
                    ErrorCode.BAD_REQUEST, "password: expected whole characters, no halves of surrogate pairs");
        }
        if (password.length() < MIN_PASSWORD || isOverlong(password)) {
            throw PortcullisException.of(
                    ErrorCode.BAD_REQUEST,
                    "password: expected at least " + MIN_PASSWORD + " characters and at most " + MAX_PASSWORD_BYTES
                            + " bytes of UTF-8");
        }
    }

    private static void requireName(String field, String name) {
        if (!NAME.matcher(name).matches()) {
            throw PortcullisException.of(
                    ErrorCode.BAD_REQUEST,
                    field + ": expected 1 to 32 letters, digits or _ . : -, a letter or digit first");
        }
    }

    @Override
    public String toString() {
        return "NewAccount[username=" + username + ", roles=" + roles + ", userType=" + userType + "]";
    }
}
