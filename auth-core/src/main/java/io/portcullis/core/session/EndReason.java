package io.portcullis.core.session;

import io.portcullis.core.error.ErrorCode;
import org.jspecify.annotations.Nullable;

/**
 * The reason for the end of a session. {@code RevocationReason} and {@code LoginLogType} are derived from these
 * constants. MySQL and the tombstones in Redis store the constant's name, so no constant may be renamed.
 */
public enum EndReason {
    /** The user logged out. */
    LOGOUT(ErrorCode.SESSION_LOGGED_OUT),
    /** An administrator ended the session. */
    KICKED(ErrorCode.SESSION_KICKED),
    /** A login elsewhere replaced it: the user may have one session only on this type of device, or had too many. */
    REPLACED(ErrorCode.SESSION_REPLACED),
    /** A login in a browser that still had the cookies of this session replaced it. */
    REPLACED_IN_BROWSER(ErrorCode.SESSION_REPLACED_IN_BROWSER),
    /** A spent refresh token was presented after its grace, which may mean that it was stolen. */
    REUSE(ErrorCode.SESSION_REUSE),
    /** The session reached its absolute expiry, or its last refresh token expired. */
    EXPIRED(ErrorCode.SESSION_EXPIRED),
    /** An administrator disabled the account. */
    ACCOUNT_DISABLED(ErrorCode.SESSION_ACCOUNT_DISABLED),
    /** The user or an administrator set a new password. */
    PASSWORD_CHANGED(ErrorCode.SESSION_PASSWORD_CHANGED),
    /** An administrator changed the roles of the account. */
    ROLES_CHANGED(ErrorCode.SESSION_ROLES_CHANGED),
    /** An administrator deleted the account. */
    ACCOUNT_DELETED(ErrorCode.SESSION_ACCOUNT_DELETED);

    private final ErrorCode errorCode;

    EndReason(ErrorCode errorCode) {
        this.errorCode = errorCode;
    }

    /** Returns the code of the response to a request with a token of a session that ended for this reason. */
    public ErrorCode errorCode() {
        return errorCode;
    }

    /** Returns the name under which the login log reports the end. Both replacements have one name there. */
    public String logName() {
        return this == REPLACED_IN_BROWSER ? REPLACED.name() : name();
    }

    /**
     * Returns the reason with this name. A name that this release does not define, which a later release may have
     * stored, yields {@code LOGOUT}: the session has ended in any case.
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
