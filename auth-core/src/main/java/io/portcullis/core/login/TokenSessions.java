package io.portcullis.core.login;

import io.portcullis.core.resilience.ConcurrencyLimit;
import io.portcullis.core.token.Token;
import io.portcullis.core.token.store.TokenRepository;
import reactor.core.publisher.Mono;

/** Tells the session that a token descends from. */
final class TokenSessions {
    private static final int MAX_CONCURRENT = 4;
    private static final int MAX_WAITING = 200;

    private final TokenRepository tokens;
    private final ConcurrencyLimit limit =
            ConcurrencyLimit.ofCallers(UnknownTokenBudget::refusal, MAX_CONCURRENT, MAX_WAITING);

    TokenSessions(TokenRepository tokens) {
        this.tokens = tokens;
    }

    /** The session of a genuine token: from its text, or from its row if it is of the first format. Empty if there is no row. */
    Mono<String> of(Token genuine) {
        String sessionId = genuine.sessionId();
        return sessionId == null ? tokens.findSessionId(genuine.kind(), genuine.digest()) : Mono.just(sessionId);
    }

    /**
     * The session of a token that may be forged: from its row alone. A flood of such tokens gets a few connections and no more;
     * then {@code TOO_MANY_REQUESTS}.
     */
    Mono<String> byDigest(Token claimed) {
        return limit.run(tokens.findSessionId(claimed.kind(), claimed.digest()), running -> running);
    }
}
