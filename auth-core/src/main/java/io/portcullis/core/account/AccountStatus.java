package io.portcullis.core.account;

/** Whether an account may log in and refresh. */
public enum AccountStatus {
    ENABLED,
    DISABLED
}
