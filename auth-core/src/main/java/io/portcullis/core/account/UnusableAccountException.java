package io.portcullis.core.account;

/**
 * The account's row cannot be used, because of what stands in the table or of how it is queried. The cause of an {@code UNAVAILABLE}: a
 * session must not end because of it, and a login is refused as if there were no account.
 */
public final class UnusableAccountException extends RuntimeException {
    /** @param reason for the log */
    public UnusableAccountException(String reason) {
        // Without a stack trace: it says what is wrong with data.
        super(reason, null, false, false);
    }
}
