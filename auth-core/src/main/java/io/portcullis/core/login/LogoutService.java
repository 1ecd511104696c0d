package io.portcullis.core.login;

import io.portcullis.core.error.PortcullisException;
import io.portcullis.core.reactive.Uncancellable;
import io.portcullis.core.session.ClientInfo;
import io.portcullis.core.termination.Actor;
import io.portcullis.core.termination.EndResult;
import io.portcullis.core.termination.SessionTerminator;
import io.portcullis.core.token.Token;
import io.portcullis.core.token.TokenCodec;
import io.portcullis.core.token.TokenKind;
import io.portcullis.core.token.TokenLifetimes;
import io.portcullis.core.token.TokenVerification;
import io.portcullis.core.token.store.AccessTokenCache;
import io.portcullis.core.token.store.AccessTokenEntry;
import java.time.Clock;
import java.time.Instant;
import reactor.core.publisher.Mono;

/** Logout with any token of the session: access or refresh, current, superseded or expired (docs/design.md section 6). */
public final class LogoutService {
    private static final int UNKNOWN_PER_SECOND = 10;

    private final TokenCodec codec;
    private final TokenSessions sessions;
    private final AccessTokenCache store;
    private final SessionTerminator terminator;
    private final TokenLifetimes lifetimes;
    private final Clock clock;
    private final UnknownTokenBudget unknownTokens = new UnknownTokenBudget(UNKNOWN_PER_SECOND, System::nanoTime);

    LogoutService(
            TokenCodec codec,
            TokenSessions sessions,
            AccessTokenCache store,
            SessionTerminator terminator,
            TokenLifetimes lifetimes,
            Clock clock) {
        this.codec = codec;
        this.sessions = sessions;
        this.store = store;
        this.terminator = terminator;
        this.lifetimes = lifetimes;
        this.clock = clock;
    }

    /**
     * Completes when the token's session has ended, or when there is none: text that is no token of this gateway touches no
     * store (RFC 7009 section 2.2: an invalid token is no error). An access token that no session is known of is dead by itself.
     * {@code UNAVAILABLE} when a store failed, {@code TOO_MANY_REQUESTS} when more tokens under an unknown key are presented than this node
     * enters in the ledger; calling again is safe. Once begun it finishes even if the subscriber goes.
     */
    public Mono<Void> logout(String presented, ClientInfo client) {
        return Mono.justOrEmpty(codec.kindOf(presented))
                .flatMap(kind -> Uncancellable.run(logout(codec.verify(kind, presented), client)));
    }

    private Mono<Void> logout(TokenVerification verification, ClientInfo client) {
        var caller = new Actor(null, client);
        if (verification instanceof TokenVerification.Genuine genuine) {
            Token token = genuine.token();
            return endSessionOf(token, sessions.of(token), caller)
                    .switchIfEmpty(Mono.defer(() -> revoke(token, token.expiresAt())))
                    .then();
        }
        if (verification instanceof TokenVerification.Expired expired) {
            return endSessionOf(expired.token(), sessions.of(expired.token()), caller)
                    .then();
        }
        if (verification instanceof TokenVerification.UnknownKey unknown) {
            Token claimed = unknown.claimed();
            return endSessionOf(claimed, sessions.byDigest(claimed), caller)
                    .switchIfEmpty(Mono.defer(() -> revokeClaimed(claimed)))
                    .then();
        }
        return Mono.empty();
    }

    /** Empty when neither the token nor MySQL nor Redis names a session. */
    private Mono<EndResult> endSessionOf(Token token, Mono<String> session, Actor caller) {
        return session.switchIfEmpty(Mono.defer(() -> sessionInRedis(token)))
                .flatMap(sessionId -> terminator.logOut(sessionId, token, caller));
    }

    private Mono<String> sessionInRedis(Token token) {
        return token.kind() == TokenKind.REFRESH
                ? Mono.empty()
                : store.find(token.digest())
                        .ofType(AccessTokenEntry.Live.class)
                        .map(entry -> entry.identity().sessionId())
                        .onErrorComplete(PortcullisException.class);
    }

    /** A refresh token of an unknown session yields nothing already. */
    private <T> Mono<T> revoke(Token token, Instant expiresAt) {
        return token.kind() == TokenKind.ACCESS
                ? terminator.revokeUnknown(token.digest(), expiresAt).then(Mono.empty())
                : Mono.empty();
    }

    /**
     * It may be forged, and so may its expiry, which counts up to the lifetime that tokens have. Beyond the budget the answer is
     * {@code TOO_MANY_REQUESTS}: a node that did nothing must not say that it did.
     */
    private <T> Mono<T> revokeClaimed(Token claimed) {
        Instant now = clock.instant();
        if (claimed.kind() == TokenKind.REFRESH || !now.isBefore(claimed.expiresAt())) {
            return Mono.empty();
        }
        if (!unknownTokens.take()) {
            return Mono.error(UnknownTokenBudget.refusal());
        }
        Instant latest = now.plus(lifetimes.access());
        return revoke(claimed, claimed.expiresAt().isBefore(latest) ? claimed.expiresAt() : latest);
    }
}
