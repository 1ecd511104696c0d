package io.portcullis.chaos.history;

/** The kind of an operation. */
public enum Kind {
    LOGIN,
    /** A proxied request. */
    CALL,
    /** The opening of a stream: a proxied request whose response does not end. */
    STREAM,
    REFRESH,
    LOGOUT,
    /** An administrator ends one session. */
    KICK,
    /** An administrator ends every session of a user. */
    KICK_USER
}
