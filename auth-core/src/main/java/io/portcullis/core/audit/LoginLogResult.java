package io.portcullis.core.audit;

/** How it ended. The name is stored: never rename one. */
public enum LoginLogResult {
    SUCCESS,
    BAD_CREDENTIALS,
    ACCOUNT_DISABLED,
    TOO_MANY_TRIES,
    /** Stands for what a later release has logged and this one does not know; never stored. */
    OTHER;

    /** The result of that name, {@code OTHER} for one that this release does not know. */
    public static LoginLogResult ofName(String name) {
        for (LoginLogResult result : values()) {
            if (result.name().equals(name)) {
                return result;
            }
        }
        return OTHER;
    }
}
