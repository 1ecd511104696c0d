package io.portcullis.core.account;

/** Defines the ids of tenants: texts of 1 to 64 characters, as adopters choose them, such as {@code 1} or {@code acme}. */
public final class TenantIds {
    /** The length of the columns {@code tenant_id}. */
    public static final int MAX_LENGTH = 64;

    /** The rule, for messages. */
    public static final String RULE =
            "1 to " + MAX_LENGTH + " characters, no control characters, no space at either end";

    private TenantIds() {}

    /**
     * Returns whether the text can be the id of a tenant. White space at an end is refused because MySQL compares texts without it, so that
     * two ids that differ in Java would be one in SQL.
     */
    public static boolean isValid(String text) {
        return !text.isEmpty()
                && text.length() <= MAX_LENGTH
                && text.equals(text.strip())
                && text.chars().noneMatch(Character::isISOControl)
                && !NewAccount.hasLoneSurrogate(text);
    }
}
