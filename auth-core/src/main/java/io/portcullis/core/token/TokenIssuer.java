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

    /** A new pair; neither token outlives the session. */
    public TokenPair issue(Instant now, Instant sessionExpiresAt) {
        return new TokenPair(
                codec.mint(TokenKind.ACCESS, earlier(now.plus(lifetimes.access()), sessionExpiresAt)),
                codec.mint(TokenKind.REFRESH, earlier(now.plus(lifetimes.refresh()), sessionExpiresAt)));
    }

    private static Instant earlier(Instant a, Instant b) {
        return a.isBefore(b) ? a : b;
    }
}
