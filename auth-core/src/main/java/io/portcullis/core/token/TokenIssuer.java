package io.portcullis.core.token;

import java.time.Instant;

/** Mints the two tokens of a login or a refresh. */
public final class TokenIssuer {
    private final TokenCodec codec;
    private final TokenLifetimes lifetimes;

    public TokenIssuer(TokenCodec codec, TokenLifetimes lifetimes) {
        this.codec = codec;
        this.lifetimes = lifetimes;
    }

    /** A new pair of the session; neither token outlives it. */
    public TokenPair issue(String sessionId, int generation, Instant now, Instant sessionExpiresAt) {
        return new TokenPair(
                codec.mintAccess(sessionId, earlier(now.plus(lifetimes.access()), sessionExpiresAt)),
                codec.mintRefresh(sessionId, generation, earlier(now.plus(lifetimes.refresh()), sessionExpiresAt)));
    }

    private static Instant earlier(Instant a, Instant b) {
        return a.isBefore(b) ? a : b;
    }
}
