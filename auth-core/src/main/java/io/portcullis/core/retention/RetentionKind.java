package io.portcullis.core.retention;

/** The kinds of data that the janitor removes after their retention time. */
public enum RetentionKind {
    /**
     * Superseded and expired access tokens. The newest one stays while its session is live, because a logout with a
     * token of the first format finds the session by this row.
     */
    ACCESS_TOKEN,
    /** Expired refresh tokens. */
    REFRESH_TOKEN,
    /** The successor pair in the row of a spent refresh token, after the grace window. The row itself stays. */
    SEALED_SUCCESSOR,
    /** Ledger entries whose token has expired on every node. */
    REVOKED_TOKEN,
    /** Tickets that were never used and have expired. */
    TICKET,
    /** Tokens that were imported from another system and have expired. */
    IMPORTED_TOKEN,
    /** Locks of users. The next login of a user to whom a limit applies inserts the row again. */
    USER_LOCK,
    /** Sessions that ended long ago. */
    ENDED_SESSION,
    /** Old entries of the login log. */
    LOGIN_LOG,
    /** Old token uses. */
    TOKEN_USE,
    /** Session events that were given up long ago. Events that wait for their delivery stay. */
    DEAD_EVENT,
    /** Old samples of nodes. */
    NODE_SAMPLE,
    /** Old samples of the number of live sessions. */
    SESSION_SAMPLE
}
