package io.portcullis.core.termination;

/** The policy for a logout or kick whose tombstones Redis does not accept (docs/design.md section 6). */
public enum WhenRedisFails {
    /**
     * Refuses the logout as {@code UNAVAILABLE} and rolls it back. A logout that succeeds is therefore
     * effective on every node at once.
     */
    REJECT,
    /**
     * Commits the logout without tombstones. The node that answers checks in MySQL from then on and refuses the tokens at once. Nodes
     * that still trust Redis refuse them within a second, once any node has replayed the ledger.
     */
    QUEUE
}
