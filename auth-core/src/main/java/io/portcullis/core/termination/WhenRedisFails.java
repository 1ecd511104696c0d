package io.portcullis.core.termination;

/** What a logout or kick does when Redis does not take its tombstones (docs/design.md section 6). */
public enum WhenRedisFails {
    /** It is refused as {@code UNAVAILABLE} and the session is whole: whoever is told "logged out" is so everywhere. */
    REJECT,
    /**
     * It commits all the same. Nodes that check in MySQL refuse the tokens at once; a node that still reaches Redis, as soon as
     * the first of them has replayed the ledger, within a second.
     */
    QUEUE
}
