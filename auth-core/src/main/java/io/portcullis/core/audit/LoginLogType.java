package io.portcullis.core.audit;

import io.portcullis.core.session.EndReason;

/** What happened. The name is stored: never rename one. */
public enum LoginLogType {
    LOGIN,
    LOGOUT,
    KICKED,
    REPLACED,
    REUSE,
    EXPIRED,
    ACCOUNT_DISABLED,
    PASSWORD_CHANGED;

    /** The entry that reports the end of a session. */
    public static LoginLogType of(EndReason reason) {
        return switch (reason) {
            case LOGOUT -> LOGOUT;
            case KICKED -> KICKED;
            case REPLACED -> REPLACED;
            case REUSE -> REUSE;
            case EXPIRED -> EXPIRED;
            case ACCOUNT_DISABLED -> ACCOUNT_DISABLED;
            case PASSWORD_CHANGED -> PASSWORD_CHANGED;
        };
    }
}
