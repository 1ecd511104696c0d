package io.portcullis.core.retention;

/** What is removed once its time is over. */
public enum RetentionKind {
    /** Superseded and expired. The newest one stays while its session lives: a logout with one of the first format finds the session by it. */
    ACCESS_TOKEN,
    REFRESH_TOKEN,
    /** The successor pair in a spent refresh token's row, when the grace window is over; the row stays. */
    SEALED_SUCCESSOR,
    /** An entry of the ledger whose token has expired on every node. */
    REVOKED_TOKEN,
    ENDED_SESSION,
    LOGIN_LOG
}
