package io.portcullis.chaos.history;

/** What a client asked for. */
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
