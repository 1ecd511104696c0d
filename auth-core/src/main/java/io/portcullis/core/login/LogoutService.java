package io.portcullis.core.login;

import io.portcullis.core.error.ErrorCode;
import io.portcullis.core.error.PortcullisException;
import io.portcullis.core.reactive.BackgroundWork;
import io.portcullis.core.session.ClientInfo;
import io.portcullis.core.session.EndReason;
import io.portcullis.core.session.Session;
import io.portcullis.core.session.SessionRepository;
import io.portcullis.core.termination.Actor;
import io.portcullis.core.termination.EndResult;
import io.portcullis.core.termination.SessionTerminator;
import io.portcullis.core.token.Token;
import io.portcullis.core.token.TokenCodec;
import io.portcullis.core.token.TokenDigest;
import io.portcullis.core.token.TokenKind;
import io.portcullis.core.token.TokenLifetimes;
import io.portcullis.core.token.TokenVerification;
import io.portcullis.core.token.store.AccessTokenCache;
import io.portcullis.core.token.store.AccessTokenEntry;
import io.portcullis.core.token.store.ImportedToken;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/**
 * Ends the session of a presented token. Any token of the session will do: access or refresh, current, superseded or
 * expired (docs/design.md section 6).
 */
public final class LogoutService {
    private static final int UNKNOWN_PER_SECOND = 10;

    private final TokenCodec codec;
    private final TokenSessions sessions;
    private final SessionRepository sessionRepository;
    private final AccessTokenCache cache;
    private final SessionTerminator terminator;
    private final TokenLifetimes lifetimes;
    private final Clock clock;
    private final UnknownTokenBudget unknownTokens = new UnknownTokenBudget(UNKNOWN_PER_SECOND, System::nanoTime);

    LogoutService(
            TokenCodec codec,
            TokenSessions sessions,
            SessionRepository sessionRepository,
            AccessTokenCache cache,
            SessionTerminator terminator,
            TokenLifetimes lifetimes,
            Clock clock) {
        this.codec = codec;
        this.sessions = sessions;
        this.sessionRepository = sessionRepository;
        this.cache = cache;
        this.terminator = terminator;
        this.lifetimes = lifetimes;
        this.clock = clock;
    }

    /**
     * Completes when the session of the token has ended or does not exist. Text that is no token of this gateway
     * causes no access to a store (RFC 7009 section 2.2: an invalid token is not an error). An access token without a
     * known session is revoked by itself.
     *
     * <p>Fails with {@code UNAVAILABLE} when a store failed, and with {@code TOO_MANY_REQUESTS} when more tokens under an unknown key are
     * presented than this node may enter in the ledger. The call may be repeated safely. Once started, a logout
     * finishes even if the subscriber cancels.
     */
    public Mono<Void> logout(String presented, ClientInfo client) {
        if (mayBeImported(presented)) {
            return BackgroundWork.run(logoutImported(presented, client));
        }
        return Mono.justOrEmpty(codec.kindOf(presented))
                .flatMap(kind -> BackgroundWork.run(logout(codec.verify(kind, presented), client)));
    }

    /**
     * Ends the session of a token at the request of an OAuth 2 client (RFC 7009), exactly as {@link #logout(String, ClientInfo)} does.
     * Errors as that, and {@code FORBIDDEN}, with no effect, if the session is that of another client.
     *
     * @param clientId the client that presents the token. It is the caller's duty to authenticate a confidential client. Null if the
     *     request names none
     */
    public Mono<Void> revoke(String presented, @Nullable String clientId, ClientInfo client) {
        if (mayBeImported(presented)) {
            Mono<String> session = sessions.imported(TokenDigest.of(presented)).map(ImportedToken::sessionId);
            return BackgroundWork.run(revoke(session, clientId, Mono.defer(() -> logoutImported(presented, client))));
        }
        return Mono.justOrEmpty(codec.kindOf(presented)).flatMap(kind -> {
            var verification = codec.verify(kind, presented);
            return BackgroundWork.run(
                    revoke(sessionIdOf(verification), clientId, Mono.defer(() -> logout(verification, client))));
        });
    }

    private Mono<Void> revoke(Mono<String> sessionId, @Nullable String clientId, Mono<Void> logout) {
        return sessionId
                .flatMap(sessionRepository::findById)
                .filter(session -> belongsToAnother(session, clientId))
                .flatMap(session -> Mono.error(PortcullisException.of(ErrorCode.FORBIDDEN)))
                .then(logout);
    }

    /** Returns whether tokens of another system may be presented, in which case texts of their form are looked up. */
    public boolean knowsImported() {
        return codec.knowsImported();
    }

    /** Ignores the time until which imported tokens are accepted: a logout with one may come later, and ends its session all the same. */
    private boolean mayBeImported(String presented) {
        return codec.knowsImported() && TokenCodec.hasImportedForm(presented);
    }

    /**
     * Ends the session of an imported token. If MySQL has no row of it, as after the restore of an older dump, Redis may still have the
     * access token.
     */
    private Mono<Void> logoutImported(String presented, ClientInfo client) {
        var actor = new Actor(null, client);
        String digest = TokenDigest.of(presented);
        var claimed =
                new Token(TokenKind.ACCESS, presented, digest, clock.instant().plus(lifetimes.access()));
        return sessions.imported(digest)
                .flatMap(token -> terminator.logOut(token.sessionId(), token.of(presented), actor))
                .switchIfEmpty(Mono.defer(() -> sessionInRedis(claimed))
                        .flatMap(sessionId -> terminator.logOut(sessionId, claimed, actor)))
                .then();
    }

    /** Emits the id of the token's session; empty if it is unknown, or the text is no token. */
    private Mono<String> sessionIdOf(TokenVerification verification) {
        Token claimed = claimedBy(verification);
        return claimed == null
                ? Mono.justOrEmpty(ownToken(verification)).flatMap(sessions::of)
                : sessions.byDigest(claimed);
    }

    private static boolean belongsToAnother(Session session, @Nullable String clientId) {
        String owner = session.client().clientId();
        return owner != null && !owner.equals(clientId);
    }

    /**
     * Ends the session of the token with the reason {@code REPLACED_IN_BROWSER}, because the browser that held the token has logged in
     * anew. Text that is no genuine or expired token of this gateway causes no access to a store. Fails with
     * {@code UNAVAILABLE} when a store failed. Once started, the end finishes even if the subscriber cancels.
     *
     * @param userId the user who has logged in, for the login log
     */
    public Mono<Void> replace(String presented, String userId, ClientInfo client) {
        var actor = new Actor(userId, client);
        return Mono.justOrEmpty(codec.kindOf(presented))
                .flatMap(kind -> Mono.justOrEmpty(ownToken(codec.verify(kind, presented))))
                .flatMap(token -> BackgroundWork.run(sessions.of(token)
                        .flatMap(sessionId -> terminator.end(sessionId, EndReason.REPLACED_IN_BROWSER, actor))
                        .then()));
    }

    /**
     * Returns the ids of the sessions that {@link #replace} ends for these texts, without access to a store. Sessions of tokens of the
     * first format are missing.
     */
    public Set<String> sessionsOf(List<String> presented) {
        return presented.stream()
                .flatMap(text ->
                        codec.kindOf(text).stream().flatMap(kind -> ownToken(codec.verify(kind, text)).stream()))
                .flatMap(token -> Stream.ofNullable(token.sessionId()))
                .collect(Collectors.toUnmodifiableSet());
    }

    private static Optional<Token> ownToken(TokenVerification verification) {
        if (verification instanceof TokenVerification.Genuine genuine) {
            return Optional.of(genuine.token());
        }
        return verification instanceof TokenVerification.Expired expired
                ? Optional.of(expired.token())
                : Optional.empty();
    }

    private Mono<Void> logout(TokenVerification verification, ClientInfo client) {
        var actor = new Actor(null, client);
        if (verification instanceof TokenVerification.Genuine genuine) {
            Token token = genuine.token();
            return endSessionOf(token, sessions.of(token), actor)
                    .switchIfEmpty(Mono.defer(() -> revoke(token, token.expiresAt())))
                    .then();
        }
        if (verification instanceof TokenVerification.Expired expired) {
            return endSessionOf(expired.token(), sessions.of(expired.token()), actor)
                    .then();
        }
        if (verification instanceof TokenVerification.DroppedKey dropped && dropped.signed()) {
            // Whoever has the key can forge a logout, but to let a session live that was logged out would be worse.
            Token claimed = dropped.claimed();
            return endSessionOf(claimed, sessions.of(claimed), actor).then();
        }
        Token claimed = claimedBy(verification);
        if (claimed != null) {
            return endSessionOf(claimed, sessions.byDigest(claimed), actor)
                    .switchIfEmpty(Mono.defer(() -> revokeClaimed(claimed)))
                    .then();
        }
        return Mono.empty();
    }

    /** Returns the token that the text claims to be, if its key proves nothing at this node; otherwise null. */
    private static @Nullable Token claimedBy(TokenVerification verification) {
        if (verification instanceof TokenVerification.DroppedKey dropped) {
            return dropped.claimed();
        }
        return verification instanceof TokenVerification.UnknownKey unknown ? unknown.claimed() : null;
    }

    /** Ends the session of the token. Empty when neither the token nor MySQL nor Redis names a session. */
    private Mono<EndResult> endSessionOf(Token token, Mono<String> session, Actor actor) {
        return session.switchIfEmpty(Mono.defer(() -> sessionInRedis(token)))
                .flatMap(sessionId -> terminator.logOut(sessionId, token, actor));
    }

    private Mono<String> sessionInRedis(Token token) {
        return token.kind() == TokenKind.REFRESH
                ? Mono.empty()
                : cache.find(token.digest())
                        .ofType(AccessTokenEntry.Live.class)
                        .map(entry -> entry.identity().sessionId())
                        .onErrorComplete(PortcullisException.class);
    }

    /**
     * Revokes an access token without a session. A refresh token needs no revocation: without a session it yields
     * nothing.
     */
    private <T> Mono<T> revoke(Token token, Instant expiresAt) {
        return token.kind() == TokenKind.ACCESS
                ? terminator.revokeUnknown(token.digest(), expiresAt).then(Mono.empty())
                : Mono.empty();
    }

    /**
     * Revokes a token that was signed with an unknown key and may therefore be forged. Its expiry may be forged, too,
     * and is capped at the lifetime of an access token. When the budget is used up, fails with {@code TOO_MANY_REQUESTS},
     * because nothing was revoked.
     */
    private <T> Mono<T> revokeClaimed(Token claimed) {
        Instant now = clock.instant();
        if (claimed.kind() == TokenKind.REFRESH || !now.isBefore(claimed.expiresAt())) {
            return Mono.empty();
        }
        if (!unknownTokens.tryAcquire()) {
            return Mono.error(UnknownTokenBudget.refusal());
        }
        Instant latest = now.plus(lifetimes.access());
        return revoke(claimed, claimed.expiresAt().isBefore(latest) ? claimed.expiresAt() : latest);
    }
}
