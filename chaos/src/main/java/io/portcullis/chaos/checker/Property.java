package io.portcullis.chaos.checker;

/** The checked properties, with the letters of docs/guarantees.md and the invariants of docs/design.md section 6. */
public enum Property {
    /** (a), I1: no token of a session is accepted once its logout, kick or reuse has been answered, plus the bound. */
    ENDED_STAYS_ENDED,
    /** (b), I5: a token that was refused for good is never served again. */
    DENIED_STAYS_DENIED,
    /** An access token that a refresh replaced is not accepted once the refresh has been answered, plus the bound. */
    SUPERSEDED_STAYS_DEAD,
    /** (c), I2: a refresh token has one successor pair. */
    ONE_CHILD,
    /** (d), I6: a live session receives no 401. */
    LIVE_IS_SERVED,
    /** (e): after everything heals, MySQL, its ledger and Redis agree. */
    STORES_AGREE,
    /** (e): after everything heals, every live session works. */
    HEALED,
    /** (f), I6: no call is served without a genuine, unexpired token, or on behalf of another session. */
    AUTHENTICATED,
    /** (g): a stream delivers nothing a second after its session's end was answered. */
    STREAM_FALLS,
    /** (h): the stream of a live session is not cut. */
    LIVE_STREAM_LASTS
}
