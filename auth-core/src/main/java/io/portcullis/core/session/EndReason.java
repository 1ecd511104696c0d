package io.portcullis.core.session;

/** Why a session ended. The name is stored, in MySQL and in tombstones: never rename one. */
public enum EndReason {
    /** The user logged out. */
    LOGOUT,
    /** An administrator ended it. */
    KICKED,
    /** A newer login took its place under a device limit. */
    REPLACED,
    /** A spent refresh token came again: theft until proven otherwise. */
    REUSE,
    /** Its absolute expiry passed. */
    EXPIRED,
    ACCOUNT_DISABLED,
    PASSWORD_CHANGED;

    /**
     * The reason of that name. A later release may have stored one that this release does not know: the session is as much over,
     * and {@code LOGOUT} stands for it.
     */
    public static EndReason ofName(String name) {
        for (EndReason reason : values()) {
            if (reason.name().equals(name)) {
                return reason;
            }
        }
        return LOGOUT;
    }
}
