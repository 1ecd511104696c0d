package io.portcullis.core.login;

import io.portcullis.core.account.Account;
import io.portcullis.core.account.AccountRepository;
import io.portcullis.core.error.ErrorCode;
import io.portcullis.core.login.RotationResult.Refused;
import io.portcullis.core.login.RotationResult.Replayed;
import io.portcullis.core.login.RotationResult.Rotated;
import io.portcullis.core.login.SessionTerminator.Ending;
import io.portcullis.core.session.ClientInfo;
import io.portcullis.core.session.EndReason;
import io.portcullis.core.session.Session;
import io.portcullis.core.session.SessionRegistry;
import io.portcullis.core.token.AccessTokenRecord;
import io.portcullis.core.token.RefreshTokenRecord;
import io.portcullis.core.token.RevocationReason;
import io.portcullis.core.token.SuccessorSeal;
import io.portcullis.core.token.Token;
import io.portcullis.core.token.TokenIssuer;
import io.portcullis.core.token.TokenLifetimes;
import io.portcullis.core.token.TokenPair;
import io.portcullis.core.token.TokenRegistry;
import java.time.Instant;
import reactor.core.publisher.Mono;

/**
 * The rotation of a refresh token under its session's row lock: what OAuth 2.0 Security Best Current Practice (RFC 9700, section
 * 4.14.2) asks for, with a grace window for racing tabs and lost answers.
 *
 * <p>The successor pair is kept in the spent token's row, sealed under a key that only the presented token yields, and commits
 * together with the rotation: whoever waits for the lock finds it there, and a crash after the commit loses nothing.
 */
final class RefreshTokenRotation {
    private final AccountRepository accounts;
    private final SessionRegistry sessions;
    private final TokenRegistry tokens;
    private final SessionTerminator terminator;
    private final TokenIssuer issuer;
    private final SuccessorSeal seal;
    private final TokenLifetimes lifetimes;

    RefreshTokenRotation(
            AccountRepository accounts,
            SessionRegistry sessions,
            TokenRegistry tokens,
            SessionTerminator terminator,
            TokenIssuer issuer,
            SuccessorSeal seal,
            TokenLifetimes lifetimes) {
        this.accounts = accounts;
        this.sessions = sessions;
        this.tokens = tokens;
        this.terminator = terminator;
        this.issuer = issuer;
        this.seal = seal;
        this.lifetimes = lifetimes;
    }

    /** Runs in the surrounding transaction; never empty. */
    Mono<RotationResult> rotate(String sessionId, Attempt attempt) {
        return sessions.findByIdForUpdate(sessionId)
                .flatMap(session -> rotateLocked(session, attempt))
                .defaultIfEmpty(new Refused(ErrorCode.REFRESH_TOKEN_INVALID));
    }

    private Mono<RotationResult> rotateLocked(Session session, Attempt attempt) {
        if (session.endReason() != null) {
            return refused(RevocationReason.of(session.endReason()).errorCode());
        }
        if (!session.live(attempt.at())) {
            return refused(ErrorCode.SESSION_EXPIRED);
        }
        return accounts.findByUsername(session.username())
                .filter(account -> !account.disabled() && account.id().equals(session.userId()))
                .flatMap(account -> rotateFor(account, session, attempt))
                .switchIfEmpty(refused(ErrorCode.SESSION_ACCOUNT_DISABLED));
    }

    private Mono<RotationResult> rotateFor(Account account, Session session, Attempt attempt) {
        return tokens.findRefreshForUpdate(attempt.presented().digest())
                .flatMap(token -> token.spent()
                        ? replayOrEnd(token, session, attempt)
                        : spend(token, asOf(account, session), attempt))
                .switchIfEmpty(refused(ErrorCode.REFRESH_TOKEN_INVALID));
    }

    private Mono<RotationResult> spend(RefreshTokenRecord token, Session session, Attempt attempt) {
        var pair = issuer.issue(attempt.at(), session.expiresAt());
        return tokens.supersedeAccess(session.id(), attempt.at())
                .collectList()
                .flatMap(superseded ->
                        store(token, session, pair, attempt).thenReturn(new Rotated(session, pair, superseded)));
    }

    private Mono<Void> store(RefreshTokenRecord token, Session session, TokenPair pair, Attempt attempt) {
        var access = pair.access();
        var refresh = pair.refresh();
        var successor = seal.seal(attempt.presented().value(), pair);
        return tokens.spendRefresh(token, attempt.at(), successor)
                .then(tokens.insertAccess(new AccessTokenRecord(
                        access.digest(), session.id(), session.userId(), access.expiresAt(), null)))
                .then(tokens.insertRefresh(new RefreshTokenRecord(
                        refresh.digest(), session.id(), token.generation() + 1, refresh.expiresAt(), null, null)))
                .then(sessions.touch(
                        session.id(),
                        attempt.at(),
                        attempt.client().ip(),
                        session.username(),
                        session.roles(),
                        session.userType()));
    }

    private Mono<RotationResult> replayOrEnd(RefreshTokenRecord token, Session session, Attempt attempt) {
        return tokens.findLatestGeneration(session.id())
                .filter(latest -> latest == token.generation() + 1 && withinGrace(token, attempt.at()))
                .flatMap(latest -> Mono.justOrEmpty(token.sealedSuccessor()))
                .flatMap(successor ->
                        Mono.justOrEmpty(seal.open(attempt.presented().value(), successor)))
                .<RotationResult>map(pair -> new Replayed(session, pair))
                .delayUntil(replayed -> sessions.confirm(session.id()))
                .switchIfEmpty(Mono.defer(() -> endForReuse(session, attempt)));
    }

    private boolean withinGrace(RefreshTokenRecord token, Instant at) {
        var usedAt = token.usedAt();
        return usedAt != null && at.isBefore(usedAt.plus(lifetimes.grace()));
    }

    private Mono<RotationResult> endForReuse(Session session, Attempt attempt) {
        var ending = new Ending(EndReason.REUSE, new Caller(null, attempt.client()), attempt.at(), attempt.logId());
        return terminator.endLocked(session, ending).thenReturn(new Refused(ErrorCode.SESSION_REUSE));
    }

    private static Mono<RotationResult> refused(ErrorCode errorCode) {
        return Mono.just(new Refused(errorCode));
    }

    private static Session asOf(Account account, Session session) {
        return new Session(
                session.id(),
                session.userId(),
                account.username(),
                account.userType(),
                session.tenantId(),
                account.roles(),
                session.client(),
                session.scopes(),
                session.createdAt(),
                session.lastSeenAt(),
                session.lastIp(),
                session.expiresAt(),
                session.endedAt(),
                session.endReason());
    }

    /** What is fixed before the transaction. */
    record Attempt(Token presented, ClientInfo client, Instant at, String logId) {}
}
