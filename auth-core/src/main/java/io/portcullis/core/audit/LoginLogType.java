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
    PASSWORD_CHANGED,
    /** Stands for what a later release has logged and this one does not know; never stored. */
    OTHER;

    /** The type of that name, {@code OTHER} for one that this release does not know. */
    public static LoginLogType ofName(String name) {
        for (LoginLogType type : values()) {
            if (type.name().equals(name)) {
                return type;
            }
        }
        return OTHER;
    }

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
