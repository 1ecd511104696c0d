package io.portcullis.core.login;

/** The policy for a login of a user who has the largest permitted number of sessions (docs/adr/0028). */
public enum WhenFull {
    /** The login ends the user's oldest sessions, so that the new one fits. */
    EVICT_OLDEST,
    /** The login is refused with {@code TOO_MANY_SESSIONS}. */
    REJECT
}
