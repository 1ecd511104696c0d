package io.portcullis.core.token;

import io.portcullis.core.error.ErrorCode;
import io.portcullis.core.session.EndReason;
import org.jspecify.annotations.Nullable;

/** Why an access token is dead before its time. The name is stored in tombstones and the ledger: never rename one. */
public enum RevocationReason {
    SUPERSEDED(ErrorCode.ACCESS_TOKEN_SUPERSEDED),
    LOGOUT(ErrorCode.SESSION_LOGGED_OUT),
    KICKED(ErrorCode.SESSION_KICKED),
    REPLACED(ErrorCode.SESSION_REPLACED),
    REUSE(ErrorCode.SESSION_REUSE),
    EXPIRED(ErrorCode.SESSION_EXPIRED),
    ACCOUNT_DISABLED(ErrorCode.SESSION_ACCOUNT_DISABLED),
    PASSWORD_CHANGED(ErrorCode.SESSION_PASSWORD_CHANGED);

    private final ErrorCode errorCode;

    RevocationReason(ErrorCode errorCode) {
        this.errorCode = errorCode;
    }

    /** What a request with such a token is answered. */
    public ErrorCode errorCode() {
        return errorCode;
    }

    /** The reason of that name, as a tombstone or the ledger has it; {@code LOGOUT} for one of a later release, since the token is dead. */
    public static RevocationReason stored(@Nullable String name) {
        for (RevocationReason reason : values()) {
            if (reason.name().equals(name)) {
                return reason;
            }
        }
        return LOGOUT;
    }

    /** The reason for the tokens of a session that ended. */
    public static RevocationReason of(EndReason reason) {
        return valueOf(reason.name());
    }
}
