package io.portcullis.core.account;

/**
 * States that an account's row cannot be used, because of its content or of the configured query. Occurs as the cause
 * of an {@code UNAVAILABLE}. A login with such an account is refused as if the account did not exist, but a refresh
 * must not end the session, because the table may be repaired.
 */
public final class UnusableAccountException extends RuntimeException {
    /**
     * Creates the exception.
     *
     * @param reason the description for the log
     */
    public UnusableAccountException(String reason) {
        // No stack trace, because the fault is in the data and not in the code.
        super(reason, null, false, false);
    }
}
