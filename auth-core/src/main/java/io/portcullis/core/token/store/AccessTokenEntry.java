package io.portcullis.core.token.store;

/** What the access token store holds under a digest. */
public sealed interface AccessTokenEntry {
    /** The token is live. */
    record Live(Identity identity) implements AccessTokenEntry {}

    /** The token was revoked. */
    record Tombstone(RevocationReason reason) implements AccessTokenEntry {}
}
