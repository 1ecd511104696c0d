package io.portcullis.core.token.store;

/** Represents the value that the {@link AccessTokenCache} holds for a digest: an identity or a tombstone. */
public sealed interface AccessTokenEntry {
    /** The token passes, for this identity. */
    record Live(Identity identity) implements AccessTokenEntry {}

    /** The token was revoked, for this reason. */
    record Tombstone(RevocationReason reason) implements AccessTokenEntry {}
}
