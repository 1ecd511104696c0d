package io.portcullis.core.account;

/** Defines the ids of tenants: texts of 1 to 64 characters, as adopters choose them, such as {@code 1} or {@code acme}. */
public final class TenantIds {
    /** The length of the columns {@code tenant_id}. */
    public static final int MAX_LENGTH = 64;

    /** The rule, for messages. */
    public static final String RULE =
            "1 to " + MAX_LENGTH + " characters, no control characters, no space at either end";

    private TenantIds() {}

    /** Returns whether the text can be the id of a tenant. */
    public static boolean isValid(String text) {
        return NewAccount.isOneLine(text, MAX_LENGTH);
    }
}
