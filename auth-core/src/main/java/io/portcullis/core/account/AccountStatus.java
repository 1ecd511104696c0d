package io.portcullis.core.account;

/** States whether an account may log in and refresh. */
public enum AccountStatus {
    ENABLED,
    DISABLED
}
