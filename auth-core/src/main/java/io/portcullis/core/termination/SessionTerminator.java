package io.portcullis.core.termination;

import io.portcullis.core.audit.LoginLogEntry;
import io.portcullis.core.audit.LoginLogRepository;
import io.portcullis.core.audit.LoginLogResult;
import io.portcullis.core.audit.LoginLogType;
import io.portcullis.core.error.PortcullisException;
import io.portcullis.core.reactive.EachInTurn;
import io.portcullis.core.reactive.Uncancellable;
import io.portcullis.core.session.ClientInfo;
import io.portcullis.core.session.EndReason;
import io.portcullis.core.session.LockedSession;
import io.portcullis.core.session.Session;
import io.portcullis.core.session.SessionRepository;
import io.portcullis.core.token.Token;
import io.portcullis.core.token.TokenKind;
import io.portcullis.core.token.store.AccessTokenCache;
import io.portcullis.core.token.store.AccessTokenRecord;
import io.portcullis.core.token.store.RevocationReason;
import io.portcullis.core.token.store.RevokedToken;
import io.portcullis.core.token.store.TokenRepository;
import io.portcullis.core.transaction.Transactions;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.Exceptions;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.util.concurrent.Queues;

/**
 * Ends sessions. Logout, kick, reuse and every other end use this class (docs/design.md section 6).
 *
 * <p>The order of the steps keeps an end safe whichever step fails. Under the lock of the session's row: (1) the
 * access tokens are moved in MySQL from their table to the ledger; (2) their tombstones are written to Redis; (3) the
 * refresh tokens are deleted, the session is marked as ended and the login log is written; (4) the transaction
 * commits.
 *
 * <p>If a tombstone fails under {@link WhenRedisFails#REJECT}, the transaction is rolled back and the caller may retry.
 * If Redis confirmed another tombstone of the session before, the end is retried in the background. Under {@link WhenRedisFails#QUEUE} the end continues without it, and the replay
 * of the ledger revokes the access tokens in Redis. If MySQL fails after the tombstones, the outcome is unknown to
 * the caller, and the end is retried in the background.
 */
public final class SessionTerminator {
    private static final Logger log = LoggerFactory.getLogger(SessionTerminator.class);

    /**
     * The number of sessions that one change of an account ends in its transaction. With the time limit of a write to
     * Redis (0.5 s) for each, the transaction ends before its deadline (5 s).
     */
    static final int MAX_ENDS_PER_TRANSACTION = 5;

    private final Transactions transactions;
    private final SessionRepository sessions;
    private final TokenRepository tokens;
    private final AccessTokenCache cache;
    private final LoginLogRepository loginLog;
    private final Supplier<String> ids;
    private final Clock clock;
    private final WhenRedisFails whenRedisFails;
    private final UnconfirmedEnds unconfirmed = new UnconfirmedEnds(this::end);

    /** Creates a terminator that applies the given policy when Redis refuses a tombstone. */
    public SessionTerminator(
            Transactions transactions,
            SessionRepository sessions,
            TokenRepository tokens,
            AccessTokenCache cache,
            LoginLogRepository loginLog,
            Supplier<String> ids,
            Clock clock,
            WhenRedisFails whenRedisFails) {
        this.transactions = transactions;
        this.sessions = sessions;
        this.tokens = tokens;
        this.cache = cache;
        this.loginLog = loginLog;
        this.ids = ids;
        this.clock = clock;
        this.whenRedisFails = whenRedisFails;
    }

    /**
     * Ends one session. After the result is emitted, no node accepts a token of the session (invariant I1). Fails
     * with {@code UNAVAILABLE} when a store failed; the outcome is then unknown, and the call may be repeated safely.
     * Once started, an end finishes even if the subscriber cancels.
     */
    public Mono<EndResult> end(String sessionId, EndReason reason, Actor caller) {
        return Uncancellable.run(
                Mono.defer(() -> endOrFinish(sessionId, new SessionEnd(reason, caller, ids.get(), null))));
    }

    /**
     * Logs out the session of the presented token. A presented access token is revoked even if MySQL does not have it
     * as a token of the session, or does not have the session, as after the restore of an older dump. Errors as
     * {@link #end}. The caller must run it under {@link Uncancellable}, together with the look-up of the session.
     */
    public Mono<EndResult> logOut(String sessionId, Token presented, Actor caller) {
        return Mono.defer(() -> endOrFinish(sessionId, new SessionEnd(EndReason.LOGOUT, caller, ids.get(), presented)));
    }

    private Mono<EndResult> endOrFinish(String sessionId, SessionEnd ending) {
        return end(sessionId, ending).doOnError(failure -> finishIfBegun(sessionId, ending));
    }

    private Mono<EndResult> end(String sessionId, SessionEnd ending) {
        return transactions.execute(sessions.findByIdForUpdate(sessionId)
                .flatMap(session -> endLocked(session, ending))
                .switchIfEmpty(Mono.defer(() -> revokePresented(ending, now())).thenReturn(EndResult.NOT_FOUND)));
    }

    /**
     * Retries an end in the background if one of its tombstones has been written and MySQL did not confirm the
     * transaction, see {@link UnconfirmedEnds}.
     */
    public void finishIfBegun(String sessionId, SessionEnd ending) {
        unconfirmed.retry(Map.of(sessionId, ending));
    }

    /**
     * Ends the session as expired, without an actor, if {@code due} emits it. {@code due} is evaluated under the lock
     * of the session's row, so no refresh can happen in between. Emits {@code NOT_FOUND} if the session does not
     * exist or is not due. Errors as {@link #end}.
     */
    public Mono<EndResult> endExpired(String sessionId, Function<Session, Mono<Session>> due) {
        return Mono.defer(() -> {
            String logId = ids.get();
            return transactions.execute(sessions.findByIdForUpdate(sessionId)
                    .flatMap(locked ->
                            due.apply(locked.session()).flatMap(session -> endLocked(locked, expired(session, logId))))
                    .defaultIfEmpty(EndResult.NOT_FOUND));
        });
    }

    /** Revokes an access token whose session is unknown. Fails with {@code UNAVAILABLE} as {@link #end}. */
    public Mono<Void> revokeUnknown(String digest, Instant expiresAt) {
        return transactions.execute(revoke(digest, expiresAt, now(), new AtomicBoolean()));
    }

    /** Uses the session's last known client address, because an expiry has no caller. */
    private static SessionEnd expired(Session session, String logId) {
        var client = session.client();
        var lastSeen = new ClientInfo(session.lastIp(), client.userAgent(), client.device(), client.clientId());
        return new SessionEnd(EndReason.EXPIRED, new Actor(null, lastSeen), logId, null);
    }

    /**
     * Ends all current sessions of the user, including those with only a refresh token left, and emits the number of
     * sessions ended. Fails with {@code UNAVAILABLE} when a session could not be ended; the other sessions are ended
     * all the same.
     */
    public Mono<Integer> endAllOf(String userId, EndReason reason, Actor caller) {
        // The whole loop is uncancellable: a client that disconnects after the first session must not leave the
        // others alive. The failure of one session is emitted after the other sessions have ended.
        return Uncancellable.run(EachInTurn.run(unendedOf(userId), id -> end(id, reason, caller))
                .filter(result -> result == EndResult.ENDED)
                .count()
                .map(Math::toIntExact));
    }

    /**
     * Runs {@code change} and ends all sessions that the user has then, except one, in one transaction.
     *
     * <p>A transaction must be short, also while Redis hangs. Of a user with more than {@link #MAX_ENDS_PER_TRANSACTION}
     * sessions, the oldest ones are therefore ended before, each in a transaction of its own. They stay ended if
     * {@code change} fails.
     *
     * <p>{@code change} runs first and must lock the account's row, so that no session is opened in between. The lock
     * order is the account before its sessions. When the transaction fails, the sessions whose tombstones are already
     * in Redis are ended in the background, each in a transaction of its own; {@code change} is not repeated.
     *
     * @param keepSessionId the id of the session that is kept; null for none
     */
    public Mono<Void> endAllAfter(
            Mono<?> change, String userId, @Nullable String keepSessionId, EndReason reason, Actor caller) {
        return endOlder(userId, keepSessionId, reason, caller).then(Mono.defer(() -> {
            Map<String, SessionEnd> begun = new ConcurrentHashMap<>();
            Mono<Void> ends = unendedOf(userId)
                    .filter(id -> !id.equals(keepSessionId))
                    .concatMap(id ->
                            end(id, begun.computeIfAbsent(id, any -> new SessionEnd(reason, caller, ids.get(), null))))
                    .then();
            return transactions.execute(change.then(ends)).doOnError(failure -> unconfirmed.retry(begun));
        }));
    }

    /** Ends all sessions of the user but the newest few, each in a transaction of its own. */
    private Mono<Void> endOlder(String userId, @Nullable String keepSessionId, EndReason reason, Actor caller) {
        return EachInTurn.run(
                        unendedOf(userId)
                                .filter(id -> !id.equals(keepSessionId))
                                .skipLast(MAX_ENDS_PER_TRANSACTION),
                        id -> end(id, reason, caller))
                .then();
    }

    /** Reads the whole list before the first session is ended, so that only one connection is used at a time. */
    private Flux<String> unendedOf(String userId) {
        return sessions.findUnendedIdsByUser(userId).collectList().flatMapMany(Flux::fromIterable);
    }

    /** Unwraps Reactor's composite exception to its first failure, which has a type that callers handle. */
    private static Throwable first(Throwable failure) {
        return Exceptions.unwrapMultiple(failure).get(0);
    }

    /**
     * Ends a session whose row the surrounding transaction has locked. Emits {@code ENDED} or {@code ALREADY_ENDED}.
     */
    public Mono<EndResult> endLocked(LockedSession locked, SessionEnd ending) {
        Session session = locked.session();
        if (session.ended()) {
            return sessions.forceDurableCommit(session.id())
                    .then(revokePresented(ending, locked.at()))
                    .thenReturn(EndResult.ALREADY_ENDED);
        }
        return revokeAccessTokens(locked, ending)
                .then(tokens.deleteRefresh(session.id()))
                .then(sessions.end(session.id(), locked.at(), ending.reason()))
                .then(loginLog.append(entry(locked, ending)))
                .thenReturn(EndResult.ENDED);
    }

    private Mono<Void> revokeAccessTokens(LockedSession locked, SessionEnd ending) {
        var reason = RevocationReason.of(ending.reason());
        return tokens.revokeAccess(locked.session().id(), reason, locked.at())
                .collectList()
                .flatMap(revoked -> writeTombstones(revoked, reason, locked.at(), ending)
                        .then(isAmong(revoked, ending) ? Mono.empty() : revokePresented(ending, locked.at())));
    }

    private static boolean isAmong(List<AccessTokenRecord> revoked, SessionEnd ending) {
        Token presented = ending.presented();
        return presented != null
                && revoked.stream().anyMatch(token -> token.digest().equals(presented.digest()));
    }

    /**
     * Revokes the presented access token, if there is one that has not expired. A refresh token needs no revocation:
     * without its session it yields nothing.
     */
    private Mono<Void> revokePresented(SessionEnd ending, Instant at) {
        Token presented = ending.presented();
        return presented == null
                        || presented.kind() == TokenKind.REFRESH
                        || presented.expiresAt().isBefore(at.minus(RevokedToken.CLOCK_SKEW))
                ? Mono.empty()
                : revoke(presented.digest(), presented.expiresAt(), at, ending.tombstonesWritten());
    }

    private Mono<Void> revoke(String digest, Instant expiresAt, Instant at, AtomicBoolean written) {
        var reason = RevocationReason.of(EndReason.LOGOUT);
        return tokens.revokeUnknown(digest, expiresAt, reason)
                .filter(entered -> entered)
                .flatMap(entered -> byPolicy(cache.revoke(digest, reason, RevokedToken.remaining(expiresAt, at))
                        .doOnSuccess(done -> written.set(true))));
    }

    /**
     * Writes the tombstones. The ledger already lists the tokens, so its replay revokes them on all nodes if this
     * step fails and the transaction commits. The failure of one tombstone does not cancel the others, so that it is known which were
     * written.
     */
    private Mono<Void> writeTombstones(
            List<AccessTokenRecord> revoked, RevocationReason reason, Instant at, SessionEnd ending) {
        return byPolicy(Flux.fromIterable(revoked)
                .flatMapDelayError(
                        token -> cache.revoke(token.digest(), reason, RevokedToken.remaining(token.expiresAt(), at))
                                .doOnSuccess(done -> ending.tombstonesWritten().set(true)),
                        Queues.SMALL_BUFFER_SIZE,
                        Queues.XS_BUFFER_SIZE)
                .then()
                .onErrorMap(SessionTerminator::first));
    }

    private Mono<Void> byPolicy(Mono<Void> tombstones) {
        return switch (whenRedisFails) {
            case REJECT -> tombstones;
            case QUEUE -> tombstones.onErrorResume(PortcullisException.class, SessionTerminator::queued);
        };
    }

    private static Mono<Void> queued(PortcullisException failure) {
        log.debug(
                "Cannot write a tombstone to Redis; the replay of the ledger will revoke the access token there",
                failure);
        return Mono.empty();
    }

    private static LoginLogEntry entry(LockedSession locked, SessionEnd ending) {
        var session = locked.session();
        var client = ending.caller().client();
        var actor = ending.caller().userId();
        return new LoginLogEntry(
                ending.logId(),
                LoginLogType.of(ending.reason()),
                LoginLogResult.SUCCESS,
                session.userId(),
                session.username(),
                session.id(),
                client.ip(),
                client.userAgent(),
                locked.at(),
                actor == null && ending.reason() == EndReason.LOGOUT ? session.userId() : actor);
    }

    private Instant now() {
        return clock.instant().truncatedTo(ChronoUnit.MILLIS);
    }
}
