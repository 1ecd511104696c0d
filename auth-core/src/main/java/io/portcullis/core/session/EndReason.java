package io.portcullis.core.session;

import io.portcullis.core.error.ErrorCode;
import org.jspecify.annotations.Nullable;

/**
 * Why a session ended. {@code RevocationReason} and {@code LoginLogType} follow from this list. The name is stored, in MySQL and in
 * tombstones: never rename one.
 */
public enum EndReason {
    /** The user logged out. */
    LOGOUT(ErrorCode.SESSION_LOGGED_OUT),
    /** An administrator ended it. */
    KICKED(ErrorCode.SESSION_KICKED),
    /** A newer login took its place under a device limit. */
    REPLACED(ErrorCode.SESSION_REPLACED),
    /** A spent refresh token came again: theft until proven otherwise. */
    REUSE(ErrorCode.SESSION_REUSE),
    /** Its absolute expiry passed. */
    EXPIRED(ErrorCode.SESSION_EXPIRED),
    ACCOUNT_DISABLED(ErrorCode.SESSION_ACCOUNT_DISABLED),
    PASSWORD_CHANGED(ErrorCode.SESSION_PASSWORD_CHANGED);

    private final ErrorCode errorCode;

    EndReason(ErrorCode errorCode) {
        this.errorCode = errorCode;
    }

    /** The answer to a request with a token of such a session. */
    public ErrorCode errorCode() {
        return errorCode;
    }

    /**
     * The reason of that name. A later release may have stored one that this release does not know: the session is as much over,
     * and {@code LOGOUT} stands for it.
     */
    public static EndReason ofName(@Nullable String name) {
        for (EndReason reason : values()) {
            if (reason.name().equals(name)) {
                return reason;
            }
        }
        return LOGOUT;
    }
}
