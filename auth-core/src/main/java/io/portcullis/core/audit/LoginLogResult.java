package io.portcullis.core.audit;

/** The result of a logged event. MySQL stores the constant's name, so no constant may be renamed. */
public enum LoginLogResult {
    SUCCESS,
    BAD_CREDENTIALS,
    ACCOUNT_DISABLED,
    TOO_MANY_TRIES,
    /** Represents a stored value of a later release. Never stored itself. */
    OTHER;

    /** Returns the result with this name, or {@code OTHER} for a name that this release does not define. */
    public static LoginLogResult ofName(String name) {
        for (LoginLogResult result : values()) {
            if (result.name().equals(name)) {
                return result;
            }
        }
        return OTHER;
    }
}
