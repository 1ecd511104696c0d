package io.portcullis.core.token;

/** What the text of a token tells without asking a store. */
public sealed interface TokenVerification {
    /** Minted here and not yet expired. */
    record Genuine(Token token) implements TokenVerification {}

    /** Minted here, but its time has passed. */
    record Expired(Token token) implements TokenVerification {}

    /** Not of this kind, mangled, forged, or under a key that is no longer in the ring. */
    record Refused() implements TokenVerification {}
}
