package io.portcullis.core.audit;

import java.util.List;
import java.util.stream.Stream;

/** The result of a logged event. MySQL stores the constant's name, so no constant may be renamed. */
public enum LoginLogResult {
    SUCCESS,
    BAD_CREDENTIALS,
    ACCOUNT_DISABLED,
    TOO_MANY_TRIES,
    TOO_MANY_SESSIONS,
    /** Represents a stored value of a later release. Never stored itself. */
    OTHER;

    /** Returns the results that this release stores: all but {@link #OTHER}. */
    public static List<LoginLogResult> known() {
        return Stream.of(values()).filter(result -> result != OTHER).toList();
    }

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
