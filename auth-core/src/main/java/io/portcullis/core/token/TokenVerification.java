package io.portcullis.core.token;

import java.time.Instant;

/** Represents the result of {@link TokenCodec#verify}: the facts about a token that its text alone proves. */
public sealed interface TokenVerification {
    /** The token's HMAC is valid under a key of the ring, and the token has not expired. It may have been revoked. */
    record Genuine(Token token) implements TokenVerification {}

    /** The token's HMAC is valid under a key of the ring, but the token has expired. */
    record Expired(Token token) implements TokenVerification {}

    /**
     * The text has the form of a token, but names a key that is not in this node's ring. It is either forged, or minted under a
     * key that another node has, or that was removed or lost. Only a store that holds its digest can decide which.
     */
    record UnknownKey(TokenKind kind, String value, Standing standing) implements TokenVerification {
        /** What this node knows about the key. */
        public enum Standing {
            /** No node has the key. */
            UNKNOWN,
            /** Another node has the key. */
            OTHER_NODE,
            /** This node could not learn of new keys recently, so another node may have it. */
            UNCERTAIN
        }

        /**
         * Returns the token that the text claims to be, unverified. If a store holds its digest, the claims are proven, because
         * the digest covers the whole text.
         */
        public Token claimed() {
            return TokenCodec.claimedBy(kind, value);
        }

        @Override
        public String toString() {
            return "UnknownKey[kind=" + kind + "]";
        }
    }

    /**
     * The text names a dropped key (docs/adr/0044). Such a token yields nothing, but a logout with it ends its session.
     *
     * @param signed whether the HMAC is valid under that key; false, too, if this node lacks its secret
     */
    record DroppedKey(TokenKind kind, String value, boolean signed) implements TokenVerification {
        /** Returns the token that the text claims to be. Somebody else may have made it, because the key is not secret any more. */
        public Token claimed() {
            return TokenCodec.claimedBy(kind, value);
        }

        @Override
        public String toString() {
            return "DroppedKey[kind=" + kind + "]";
        }
    }

    /**
     * The text has the form of a token that was imported from another system (ADR 42), and such tokens are accepted at this time.
     * The text proves nothing: only a row with its digest does.
     *
     * @param until when imported tokens are accepted no more
     */
    record Imported(TokenKind kind, String value, Instant until) implements TokenVerification {
        /** Returns the token that the text claims to be, unverified. Its expiry is not known from the text, and is {@link #until}. */
        public Token claimed() {
            return new Token(kind, value, TokenDigest.of(value), until);
        }

        @Override
        public String toString() {
            return "Imported[kind=" + kind + "]";
        }
    }

    /** The text is of another kind, malformed or forged. */
    record Refused() implements TokenVerification {}
}
