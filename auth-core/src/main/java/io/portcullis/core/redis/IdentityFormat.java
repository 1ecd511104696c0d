package io.portcullis.core.redis;

/** Selects the version of the entries of live access tokens that a node writes. Each node of this release reads both versions. */
public enum IdentityFormat {
    /**
     * Writes version 1, which nodes of the release before this one read, for sessions without a client and scopes. Entries of other
     * sessions need version 2; such a node asks MySQL instead.
     */
    COMPATIBLE,
    /** Writes version 2 for each session, which has the times of the token too. */
    EXTENDED
}
