package io.portcullis.core.token;

import java.time.Instant;

/** Mints the token pair of a login or a refresh, with the lifetimes of {@link TokenLifetimes}. Pure computation, thread-safe. */
public final class TokenIssuer {
    private final TokenCodec codec;
    private final TokenLifetimes lifetimes;

    public TokenIssuer(TokenCodec codec, TokenLifetimes lifetimes) {
        this.codec = codec;
        this.lifetimes = lifetimes;
    }

    /**
     * Mints a token pair for the session. Neither token outlives the session.
     *
     * @param generation the generation of the refresh token: 1 at login, 1 more with each rotation
     * @param now the time from which the lifetimes count
     * @param sessionExpiresAt the absolute expiry of the session
     */
    public TokenPair issue(String sessionId, int generation, Instant now, Instant sessionExpiresAt) {
        return issue(sessionId, generation, now, sessionExpiresAt, lifetimes);
    }

    /**
     * Mints a token pair as {@link #issue(String, int, Instant, Instant)}.
     *
     * @param ofClient the lifetimes for the client of the session, instead of those for sessions without a client
     */
    public TokenPair issue(
            String sessionId, int generation, Instant now, Instant sessionExpiresAt, TokenLifetimes ofClient) {
        return new TokenPair(
                codec.mintAccess(sessionId, earlier(now.plus(ofClient.access()), sessionExpiresAt)),
                codec.mintRefresh(sessionId, generation, earlier(now.plus(ofClient.refresh()), sessionExpiresAt)));
    }

    private static Instant earlier(Instant a, Instant b) {
        return a.isBefore(b) ? a : b;
    }
}
