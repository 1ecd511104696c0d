package io.portcullis.chaos.checker;

/** The promises, by the letters of the harness and the invariants of the design (section 6). */
public enum Property {
    /** (a), I1: nothing of a session passes once its logout, kick or reuse was answered, plus the bound. */
    ENDED_STAYS_ENDED,
    /** (b), I5: what was refused for good is never served again. */
    DENIED_STAYS_DENIED,
    /** An access token that a refresh replaced does not pass once the refresh was answered, plus the bound. */
    SUPERSEDED_STAYS_DEAD,
    /** (c), I2: a refresh token has one successor pair. */
    ONE_CHILD,
    /** (d), I6: no 401 for a live session. */
    LIVE_IS_SERVED,
    /** (e): after everything heals, MySQL, its ledger and Redis agree. */
    STORES_AGREE,
    /** (e): after everything heals, every live session works. */
    HEALED,
    /** (f), I6: no call is served without a genuine, unexpired token, nor in another's name. */
    AUTHENTICATED
}
