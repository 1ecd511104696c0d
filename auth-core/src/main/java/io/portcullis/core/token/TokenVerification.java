package io.portcullis.core.token;

/** What the text of a token tells without asking a store. */
public sealed interface TokenVerification {
    /** Minted here and not yet expired. */
    record Genuine(Token token) implements TokenVerification {}

    /** Minted here, but its time has passed. */
    record Expired(Token token) implements TokenVerification {}

    /**
     * Of the form of a token, but under a key that is not in this node's ring: forged, or minted by a node that has another ring.
     * Only a store can tell, by the digest.
     */
    record UnknownKey(TokenKind kind, String value) implements TokenVerification {
        /** The token that the text claims to be. A store that knows its digest proves the claims, as a digest covers them all. */
        public Token claimed() {
            return TokenCodec.claimedBy(kind, value);
        }

        @Override
        public String toString() {
            return "UnknownKey[kind=" + kind + "]";
        }
    }

    /** Not of this kind, mangled or forged. */
    record Refused() implements TokenVerification {}
}
