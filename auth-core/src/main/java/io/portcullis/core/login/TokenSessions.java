package io.portcullis.core.login;

import io.portcullis.core.error.PortcullisException;
import io.portcullis.core.resilience.ConcurrencyLimit;
import io.portcullis.core.token.Token;
import io.portcullis.core.token.store.ImportedToken;
import io.portcullis.core.token.store.TokenRepository;
import java.time.Duration;
import java.util.concurrent.TimeoutException;
import reactor.core.publisher.Mono;

/** Finds the session of a token. */
final class TokenSessions {
    private static final int MAX_CONCURRENT = 4;
    private static final int MAX_WAITING = 200;
    /** The time that a query may take. A store that hangs must not let the waiting calls add up their times. */
    private static final Duration MAX_WAIT = Duration.ofSeconds(5);

    private final TokenRepository tokens;
    private final ConcurrencyLimit limit =
            ConcurrencyLimit.ofCallers(UnknownTokenBudget::refusal, MAX_CONCURRENT, MAX_WAITING);
    /** Of its own, so that a flood of forged tokens of one form does not refuse those of the other. */
    private final ConcurrencyLimit importedLimit =
            ConcurrencyLimit.ofCallers(UnknownTokenBudget::refusal, MAX_CONCURRENT, MAX_WAITING);

    TokenSessions(TokenRepository tokens) {
        this.tokens = tokens;
    }

    /**
     * Emits the session id of a genuine token: from the token's text, or from its row if the token has the first
     * format, which does not contain the session. Empty if there is no such row.
     */
    Mono<String> of(Token genuine) {
        String sessionId = genuine.sessionId();
        return sessionId == null ? tokens.findSessionId(genuine.kind(), genuine.digest()) : Mono.just(sessionId);
    }

    /** Emits whether the refresh token is the live one of its session, by one read without locks. */
    Mono<Boolean> isLive(String sessionId, Token refresh) {
        return tokens.findLatestRefresh(sessionId)
                .any(token -> !token.spent() && token.digest().equals(refresh.digest()));
    }

    /**
     * Emits the session id of a token that may be forged, from its row only; empty if there is no row. At most 4 such
     * queries run concurrently, so that a flood of forged tokens cannot occupy the connection pool. Fails with
     * {@code TOO_MANY_REQUESTS} when too many wait.
     */
    Mono<String> byDigest(Token claimed) {
        return limited(limit, tokens.findSessionId(claimed.kind(), claimed.digest()));
    }

    /** Emits the row of an imported token; empty if there is none. Bounded, and errors, as {@link #byDigest}. */
    Mono<ImportedToken> imported(String digest) {
        return limited(importedLimit, tokens.findImported(digest));
    }

    private static <T> Mono<T> limited(ConcurrencyLimit limit, Mono<T> query) {
        return limit.run(query, running -> running.timeout(MAX_WAIT))
                .onErrorMap(TimeoutException.class, late -> PortcullisException.storeUnavailable("MySQL", late));
    }
}
