package io.portcullis.core.login;

import io.portcullis.core.account.Account;
import io.portcullis.core.account.AccountRepository;
import io.portcullis.core.client.ClientDirectory;
import io.portcullis.core.client.GrantType;
import io.portcullis.core.error.ErrorCode;
import io.portcullis.core.login.RotationResult.Refused;
import io.portcullis.core.login.RotationResult.Replayed;
import io.portcullis.core.login.RotationResult.Rotated;
import io.portcullis.core.session.EndReason;
import io.portcullis.core.session.LockedSession;
import io.portcullis.core.session.Session;
import io.portcullis.core.session.SessionRepository;
import io.portcullis.core.termination.SessionTerminator;
import io.portcullis.core.token.SuccessorSeal;
import io.portcullis.core.token.Token;
import io.portcullis.core.token.TokenIssuer;
import io.portcullis.core.token.TokenLifetimes;
import io.portcullis.core.token.TokenPair;
import io.portcullis.core.token.store.AccessTokenRecord;
import io.portcullis.core.token.store.RefreshTokenRecord;
import io.portcullis.core.token.store.TokenRepository;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Rotates a refresh token under its session's row lock: refresh token rotation with reuse detection as in OAuth 2.0
 * Security Best Current Practice (RFC 9700 section 4.14.2), with a grace window for concurrent tabs and lost
 * responses.
 *
 * <p>The successor pair is stored in the row of the spent token and commits together with the rotation. It is sealed
 * under a key that can be derived only from the presented token. A concurrent call finds the pair after it gets the
 * lock, and a crash after the commit loses nothing.
 */
final class RefreshTokenRotation {
    private static final Logger log = LoggerFactory.getLogger(RefreshTokenRotation.class);
    private static final RotationResult REUSE = new Refused(ErrorCode.SESSION_REUSE);
    private static final int RENEWED_PART = 4;

    private final AccountRepository accounts;
    private final ClientDirectory clients;
    private final SessionRepository sessions;
    private final TokenRepository tokens;
    private final SessionTerminator terminator;
    private final TokenIssuer issuer;
    private final SuccessorSeal seal;
    private final TokenLifetimes lifetimes;

    RefreshTokenRotation(
            AccountRepository accounts,
            ClientDirectory clients,
            SessionRepository sessions,
            TokenRepository tokens,
            SessionTerminator terminator,
            TokenIssuer issuer,
            SuccessorSeal seal,
            TokenLifetimes lifetimes) {
        this.accounts = accounts;
        this.clients = clients;
        this.sessions = sessions;
        this.tokens = tokens;
        this.terminator = terminator;
        this.issuer = issuer;
        this.seal = seal;
        this.lifetimes = lifetimes;
    }

    /**
     * Rotates the token in the surrounding transaction. Never empty; a token without a session yields
     * {@code REFRESH_TOKEN_INVALID}.
     */
    Mono<RotationResult> rotate(String sessionId, RefreshAttempt attempt) {
        return sessions.findByIdForUpdate(sessionId)
                .flatMap(locked ->
                        permit(locked.session(), attempt).flatMap(permitted -> rotateLocked(locked, permitted)))
                .defaultIfEmpty(new Refused(ErrorCode.REFRESH_TOKEN_INVALID));
    }

    /**
     * Emits the attempt, with the lifetimes and scopes of the session's client, if the caller may use the refresh tokens of the session;
     * otherwise empty. Those of a session without a client anybody may use who has one. Those of a client's session only the client may use
     * (RFC 6749 section 6): a confidential client must have authenticated, and no other client may be named than a public one.
     */
    private Mono<RefreshAttempt> permit(Session session, RefreshAttempt attempt) {
        String clientId = session.client().clientId();
        if (clientId == null) {
            return Mono.just(attempt);
        }
        return clients.find(clientId)
                .filter(client -> client.mayUse(GrantType.REFRESH_TOKEN))
                .filter(client ->
                        clientId.equals(attempt.clientId()) || (attempt.clientId() == null && !client.confidential()))
                .map(attempt::of);
    }

    private Mono<RotationResult> rotateLocked(LockedSession locked, RefreshAttempt attempt) {
        var session = locked.session();
        if (session.endReason() != null) {
            return refused(session.endReason().errorCode());
        }
        if (!session.live(locked.at())) {
            return refused(ErrorCode.SESSION_EXPIRED);
        }
        var limited = attempt.limited(session);
        // A session that has lost all its scopes must not look like one without scopes.
        if (!limited.scopes().containsAll(attempt.scopes())
                || limited.scopes().isEmpty() != session.scopes().isEmpty()) {
            return refused(ErrorCode.SCOPE_NOT_GRANTED);
        }
        return current(limited)
                .flatMap(current -> rotateFor(current, locked.at(), attempt))
                .switchIfEmpty(Mono.defer(() -> end(locked, EndReason.ACCOUNT_DISABLED, attempt)))
                .flatMap(result -> result == REUSE ? end(locked, EndReason.REUSE, attempt) : Mono.just(result));
    }

    /**
     * Emits the session with the data of its account; empty if that is disabled, gone, or of another tenant now: a session belongs to one
     * tenant for its whole life. A session that a login service has opened keeps
     * its data, and needs no account.
     */
    private Mono<Session> current(Session session) {
        Mono<Account> account = accounts.findByUsername(session.username(), session.tenantId())
                .filter(found -> found.id().equals(session.userId()));
        return session.loginService() == null
                ? account.filter(found -> !found.disabled())
                        .filter(found -> Objects.equals(found.tenantId(), session.tenantId()))
                        .map(found -> session.withUser(found.username(), found.userType(), found.roles()))
                : account.map(Account::disabled)
                        .defaultIfEmpty(false)
                        .filter(disabled -> !disabled)
                        .map(enabled -> session);
    }

    /** Emits the result for the presented token, or {@link #REUSE}. */
    private Mono<RotationResult> rotateFor(Session session, Instant at, RefreshAttempt attempt) {
        return tokens.findLatestRefresh(session.id())
                .collectList()
                .flatMap(latest -> latest.stream()
                        .filter(token ->
                                token.digest().equals(attempt.presented().digest()))
                        .findFirst()
                        .map(token -> token.spent()
                                ? replay(token, session, at, attempt)
                                : spend(latest, session, at, attempt))
                        .orElseGet(() -> reuse(latest, attempt)));
    }

    /**
     * Spends the live token and stores its successor. The row of the token that was spent before is deleted, so that
     * a session never has more than two rows.
     */
    private Mono<RotationResult> spend(
            List<RefreshTokenRecord> latest, Session session, Instant at, RefreshAttempt attempt) {
        var token = latest.get(0);
        var pair = issuer.issue(session.id(), token.generation() + 1, at, session.expiresAt(), attempt.lifetimes());
        var narrowed = attempt.scopes().isEmpty() ? session : session.withScopes(attempt.scopes());
        return tokens.supersedeAccess(session.id(), at, at.plus(lifetimes.grace()))
                .collectList()
                .delayUntil(superseded -> Flux.fromIterable(latest)
                        .filter(RefreshTokenRecord::spent)
                        .concatMap(tokens::deleteRefresh))
                .delayUntil(superseded -> store(token, narrowed, pair, at, attempt))
                .map(superseded -> new Rotated(narrowed, pair, superseded, at, undelivered(token, attempt.silent())));
    }

    private Mono<Void> store(
            RefreshTokenRecord token, Session session, TokenPair pair, Instant at, RefreshAttempt attempt) {
        var access = pair.access();
        var refresh = pair.refresh();
        var successor = seal.seal(attempt.presented().value(), pair);
        return tokens.spendRefresh(token.spent(at, successor, attempt.silent()))
                .then(insertAccess(access, session, at))
                .then(tokens.insertRefresh(RefreshTokenRecord.live(
                        refresh.digest(), session.id(), token.generation() + 1, refresh.expiresAt())))
                .then(touch(session, at, attempt));
    }

    private Mono<Void> insertAccess(Token access, Session session, Instant at) {
        Set<String> scopes = session.scopes().isEmpty() ? null : session.scopes();
        return tokens.insertAccess(AccessTokenRecord.issued(access, session.id(), session.userId(), at, scopes));
    }

    private Mono<Void> touch(Session session, Instant at, RefreshAttempt attempt) {
        return sessions.touch(
                session.id(), at, attempt.client().ip(), session.username(), session.roles(), session.userType());
    }

    /**
     * Emits the pair that replaced the token, again, if the grace window has not ended. While the pair is undelivered, the window
     * has not begun. Only a silent refresh leaves it so: the client of an ordinary refresh gets the pair now.
     */
    private Mono<RotationResult> replay(RefreshTokenRecord token, Session session, Instant at, RefreshAttempt attempt) {
        return Mono.justOrEmpty(token.sealedSuccessor())
                .filter(successor -> token.undelivered() || withinGrace(token, at))
                .flatMap(successor ->
                        Mono.justOrEmpty(seal.open(attempt.presented().value(), successor)))
                .flatMap(pair -> withScopesOf(pair.access(), session)
                        .flatMap(narrowed -> replay(token, pair, narrowed, at, attempt)))
                .delayUntil(replayed -> token.undelivered() && !attempt.silent()
                        ? tokens.confirmDelivery(List.of(token.digest()))
                        : Mono.empty())
                .defaultIfEmpty(REUSE);
    }

    /** Emits the session with the scopes of an access token that was issued before. */
    private Mono<Session> withScopesOf(Token access, Session session) {
        return session.scopes().isEmpty()
                ? Mono.just(session)
                : tokens.findScopes(access.digest()).map(session::withScopes).defaultIfEmpty(session);
    }

    private Mono<RotationResult> replay(
            RefreshTokenRecord token, TokenPair pair, Session session, Instant at, RefreshAttempt attempt) {
        boolean stillUndelivered = token.undelivered() && attempt.silent();
        if ((token.undelivered() || attempt.silent()) && nearExpiry(pair.access(), session, at, attempt.lifetimes())) {
            return renewAccess(token, pair, session, at, attempt);
        }
        return sessions.forceDurableCommit(session.id())
                .thenReturn(new Replayed(session, pair, undelivered(token, stillUndelivered)));
    }

    /**
     * Returns whether an access token has less than a quarter of its life left, although a new one would live longer. A pair that was
     * not delivered may be presented again much later, and the client needs an access token that passes.
     */
    private static boolean nearExpiry(Token access, Session session, Instant at, TokenLifetimes ofClient) {
        return access.expiresAt().isBefore(session.expiresAt())
                && !at.plus(ofClient.access().dividedBy(RENEWED_PART)).isBefore(access.expiresAt());
    }

    /** Replaces the access token of the pair. The refresh token stays, because answers that contain it may be under way. */
    private Mono<RotationResult> renewAccess(
            RefreshTokenRecord token, TokenPair pair, Session session, Instant at, RefreshAttempt attempt) {
        var access = issuer.issue(session.id(), token.generation() + 1, at, session.expiresAt(), attempt.lifetimes())
                .access();
        var renewed = new TokenPair(access, pair.refresh());
        boolean stillUndelivered = token.undelivered() && attempt.silent();
        return tokens.supersedeAccess(session.id(), at, at.plus(lifetimes.grace()))
                .collectList()
                .delayUntil(superseded -> insertAccess(access, session, at))
                .delayUntil(superseded -> tokens.replaceSealedSuccessor(
                        token.digest(), seal.seal(attempt.presented().value(), renewed)))
                .delayUntil(superseded -> touch(session, at, attempt))
                .map(superseded -> new Rotated(session, renewed, superseded, at, undelivered(token, stillUndelivered)));
    }

    private static @Nullable String undelivered(RefreshTokenRecord token, boolean condition) {
        return condition ? token.digest() : null;
    }

    private boolean withinGrace(RefreshTokenRecord token, Instant at) {
        var usedAt = token.usedAt();
        return usedAt != null && at.isBefore(usedAt.plus(lifetimes.grace()));
    }

    /**
     * Detects reuse: the token is genuine, but is neither the session's live token nor the last spent one. Usually it
     * was spent earlier. If its generation is newer than the newest in MySQL, then MySQL was reset to an earlier
     * state. In that case the live token in MySQL has already been spent, so the session must end, too.
     */
    private static Mono<RotationResult> reuse(List<RefreshTokenRecord> latest, RefreshAttempt attempt) {
        int known = latest.isEmpty() ? 0 : latest.get(0).generation();
        if (attempt.presented().generation() > known) {
            log.warn(
                    "Refresh token has generation {}, but the newest in MySQL is {}; ending the session. MySQL may have lost"
                            + " commits in a restore or failover",
                    attempt.presented().generation(),
                    known);
        }
        return Mono.just(REUSE);
    }

    private Mono<RotationResult> end(LockedSession locked, EndReason reason, RefreshAttempt attempt) {
        return terminator
                .endLocked(locked, attempt.end(reason))
                .thenReturn(new Refused(reason.errorCode(), reason == EndReason.REUSE));
    }

    private static Mono<RotationResult> refused(ErrorCode errorCode) {
        return Mono.just(new Refused(errorCode));
    }
}
