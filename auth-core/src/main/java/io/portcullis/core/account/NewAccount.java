package io.portcullis.core.account;

import io.portcullis.core.error.ErrorCode;
import io.portcullis.core.error.PortcullisException;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The data of an account to create. The constructor validates it and throws {@code BAD_REQUEST} for a username or
 * password that cannot be used for a login, and for a role or user type that cannot be sent in a header.
 * {@code toString} leaves out the password.
 */
public record NewAccount(
        String username,
        String password,
        Set<String> roles,
        String userType,
        @Nullable String tenantId) {
    private static final int MAX_USERNAME = 64;
    private static final int MAX_ROLES = 16;
    private static final int MAX_PASSWORD_BYTES = 72;
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9_.:-]{0,31}");

    public NewAccount {
        requireUsername(username);
        requirePassword(password);
        roles = Set.copyOf(roles);
        requireRoles(roles);
        requireName("userType", userType);
        requireTenant(tenantId);
    }

    /** Creates the data of an account without a tenant. */
    public NewAccount(String username, String password, Set<String> roles, String userType) {
        this(username, password, roles, userType, null);
    }

    private static void requireTenant(@Nullable String tenantId) {
        if (tenantId != null && !TenantIds.isValid(tenantId)) {
            throw PortcullisException.of(ErrorCode.BAD_REQUEST, "tenantId: invalid (expected: " + TenantIds.RULE + ")");
        }
    }

    /** Returns the same account in the tenant. */
    public NewAccount inTenant(@Nullable String tenant) {
        return new NewAccount(username, password, roles, userType, tenant);
    }

    /** Throws {@code BAD_REQUEST} for more than 16 roles, and for a role that is no name of 1 to 32 characters. */
    public static void requireRoles(Set<String> roles) {
        roles.forEach(role -> requireName("roles", role));
        if (roles.size() > MAX_ROLES) {
            throw PortcullisException.of(
                    ErrorCode.BAD_REQUEST, "roles: too many (expected: at most " + MAX_ROLES + ")");
        }
    }

    /**
     * Throws {@code BAD_REQUEST} unless the username has 1 to 64 characters, no control characters and no white space
     * at either end.
     */
    public static void requireUsername(String username) {
        boolean wellFormed = !username.isEmpty()
                && username.length() <= MAX_USERNAME
                && username.equals(username.strip())
                && username.codePoints().allMatch(NewAccount::isVisible);
        if (!wellFormed) {
            throw PortcullisException.of(
                    ErrorCode.BAD_REQUEST,
                    "username: invalid (expected: 1 to " + MAX_USERNAME
                            + " characters, no control, format or unassigned characters, no spaces but U+0020, and none at either"
                            + " end)");
        }
    }

    /** Excludes invisible characters, which make two names look alike, and characters that change the direction of text. */
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

    /**
     * Tells whether a text is 1 to {@code max} characters of one line. White space at an end is refused because MySQL compares texts
     * without it, so that two texts that differ in Java would be one in SQL.
     */
    public static boolean isOneLine(String text, int max) {
        return !text.isEmpty()
                && text.length() <= max
                && text.equals(text.strip())
                && text.chars().noneMatch(Character::isISOControl)
                && !hasLoneSurrogate(text);
    }

    /** Tells whether a text has half of a surrogate pair. UTF-8 has no bytes for it, and Java writes a question mark in its place. */
    public static boolean hasLoneSurrogate(String text) {
        return text.codePoints().anyMatch(c -> Character.getType(c) == Character.SURROGATE);
    }

    /** Tells whether a password has more than the 72 bytes that bcrypt reads. No account can have such a password. */
    public static boolean isOverlong(String password) {
        return password.getBytes(StandardCharsets.UTF_8).length > MAX_PASSWORD_BYTES;
    }

    /**
     * Throws {@code BAD_REQUEST} for a password that no {@link PasswordPolicy} accepts: one of less than 8 characters, one that is longer
     * than the 72 bytes that bcrypt reads, or one without a form in UTF-8.
     */
    public static void requirePassword(String password) {
        if (hasLoneSurrogate(password)) {
            throw PortcullisException.of(
                    ErrorCode.BAD_REQUEST, "password: expected whole characters, no halves of surrogate pairs");
        }
        if (password.codePointCount(0, password.length()) < PasswordPolicy.LEAST_LENGTH || isOverlong(password)) {
            throw PortcullisException.of(
                    ErrorCode.BAD_REQUEST,
                    "password: invalid (expected: at least " + PasswordPolicy.LEAST_LENGTH + " characters and at most "
                            + MAX_PASSWORD_BYTES + " bytes in UTF-8)");
        }
    }

    private static void requireName(String field, String name) {
        if (!NAME.matcher(name).matches()) {
            throw PortcullisException.of(
                    ErrorCode.BAD_REQUEST,
                    field
                            + ": invalid (expected: 1 to 32 letters, digits or _ . : -, starting with a letter or digit)");
        }
    }

    @Override
    public String toString() {
        return "NewAccount[username=" + username + ", roles=" + roles + ", userType=" + userType + "]";
    }
}
