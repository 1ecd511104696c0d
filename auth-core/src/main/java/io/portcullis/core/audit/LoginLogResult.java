package io.portcullis.core.audit;

/** How it ended. The name is stored: never rename one. */
public enum LoginLogResult {
    SUCCESS,
    BAD_CREDENTIALS,
    ACCOUNT_DISABLED,
    TOO_MANY_TRIES
}
