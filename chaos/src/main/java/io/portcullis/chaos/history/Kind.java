package io.portcullis.chaos.history;

/** The kind of an operation. */
public enum Kind {
    LOGIN,
    /** A proxied request. */
    CALL,
    REFRESH,
    LOGOUT,
    /** An administrator ends one session. */
    KICK,
    /** An administrator ends every session of a user. */
    KICK_USER
}
