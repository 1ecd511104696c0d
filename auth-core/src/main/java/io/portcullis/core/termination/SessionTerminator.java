package io.portcullis.core.termination;

import io.portcullis.core.account.TenantScope;
import io.portcullis.core.audit.LoginLogEntry;
import io.portcullis.core.audit.LoginLogRepository;
import io.portcullis.core.audit.LoginLogResult;
import io.portcullis.core.audit.LoginLogType;
import io.portcullis.core.reactive.BackgroundWork;
import io.portcullis.core.reactive.EachInTurn;
import io.portcullis.core.resilience.LatencyRecorder;
import io.portcullis.core.session.ClientInfo;
import io.portcullis.core.session.EndReason;
import io.portcullis.core.session.EndedSession;
import io.portcullis.core.session.LockedSession;
import io.portcullis.core.session.Session;
import io.portcullis.core.session.SessionEndListener;
import io.portcullis.core.session.SessionRepository;
import io.portcullis.core.token.Token;
import io.portcullis.core.token.store.AccessTokenCache;
import io.portcullis.core.token.store.TokenRepository;
import io.portcullis.core.transaction.Transactions;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Ends sessions. Logout, kick, reuse and every other end use this class (docs/design.md section 6).
 *
 * <p>The order of the steps keeps an end safe whichever step fails. Under the lock of the session's row: (1) the
 * access tokens are moved in MySQL from their table to the ledger; (2) their tombstones are written to Redis; (3) the
 * refresh tokens are deleted, the session is marked as ended and the login log is written; (4) the transaction
 * commits. After the commit, and before the result is emitted, (5) the {@link SessionEndListener} closes what is open for the
 * session.
 *
 * <p>If a tombstone fails under {@link WhenRedisFails#REJECT}, the transaction is rolled back and the caller may retry. Under
 * {@link WhenRedisFails#QUEUE} the end continues without it, this node stops trusting Redis, and the replay of the ledger revokes the
 * access tokens in Redis.
 *
 * <p>If an end has sent a tombstone and its caller got an error, the end is retried in the background: Redis may have the
 * tombstone, and the session must not live on in MySQL. An end whose tombstones were not sent, or were refused by Redis, is not
 * retried.
 */
public final class SessionTerminator implements AutoCloseable {
    /**
     * The number of sessions that one change of an account, or one login, ends in its transaction. With the time limit of a write to
     * Redis (0.5 s) for each, the transaction ends before its deadline (5 s).
     */
    public static final int MAX_ENDS_PER_TRANSACTION = 5;

    private final Transactions transactions;
    private final SessionRepository sessions;
    private final TokenRepository tokens;
    private final AccessTokenRevocation accessTokens;
    private final LoginLogRepository loginLog;
    private final Supplier<String> ids;
    private final Clock clock;
    private final SessionEndListener listener;
    private final UnconfirmedEnds unconfirmed = new UnconfirmedEnds(this::end);

    /**
     * Creates a terminator.
     *
     * @param redisFailurePolicy decides about an end whose tombstone failed
     * @param listener receives every end after its commit
     * @param tombstoneDelays receives the time from the start of an end to each of its tombstones
     */
    public SessionTerminator(
            Transactions transactions,
            SessionRepository sessions,
            TokenRepository tokens,
            AccessTokenCache cache,
            LoginLogRepository loginLog,
            Supplier<String> ids,
            Clock clock,
            RedisFailurePolicy redisFailurePolicy,
            SessionEndListener listener,
            LatencyRecorder tombstoneDelays) {
        this.transactions = transactions;
        this.sessions = sessions;
        this.tokens = tokens;
        this.accessTokens = new AccessTokenRevocation(tokens, cache, transactions, redisFailurePolicy, tombstoneDelays);
        this.loginLog = loginLog;
        this.ids = ids;
        this.clock = clock;
        this.listener = listener;
    }

    /**
     * Ends one session. After the result is emitted, no node accepts a token of the session (invariant I1). Fails
     * with {@code UNAVAILABLE} when a store failed; the outcome is then unknown, and the call may be repeated safely.
     * Once started, an end finishes even if the subscriber cancels.
     */
    public Mono<EndResult> end(String sessionId, EndReason reason, Actor actor) {
        return BackgroundWork.run(
                Mono.defer(() -> endOrFinish(sessionId, new SessionEnd(reason, actor, ids.get(), null))));
    }

    /**
     * Ends one session for an administrator, as {@link #end} does. Emits {@code NOT_FOUND}, without an effect, for a session that an
     * administrator of one tenant must not see. The tenant of a session never changes.
     */
    public Mono<EndResult> kick(String sessionId, TenantScope tenants, Actor actor) {
        if (!tenants.restricted()) {
            return end(sessionId, EndReason.KICKED, actor);
        }
        return sessions.findById(sessionId)
                .filter(session -> tenants.includes(session.tenantId()))
                .flatMap(session -> end(sessionId, EndReason.KICKED, actor))
                .defaultIfEmpty(EndResult.NOT_FOUND);
    }

    /**
     * Logs out the session of the presented token. A presented access token is revoked even if MySQL does not have it
     * as a token of the session, or does not have the session, as after the restore of an older dump. Errors as
     * {@link #end}. The caller must run it under {@link BackgroundWork}, together with the look-up of the session.
     */
    public Mono<EndResult> logOut(String sessionId, Token presented, Actor actor) {
        return Mono.defer(() -> endOrFinish(sessionId, new SessionEnd(EndReason.LOGOUT, actor, ids.get(), presented)));
    }

    private Mono<EndResult> endOrFinish(String sessionId, SessionEnd end) {
        return ListenerCalls.awaitedAfter(BegunEnds.retryOnFailure(end(sessionId, end), unconfirmed::retry));
    }

    private Mono<EndResult> end(String sessionId, SessionEnd end) {
        return transactions.execute(sessions.findByIdForUpdate(sessionId)
                .flatMap(session -> endLocked(session, end))
                .switchIfEmpty(Mono.defer(() -> accessTokens
                                .revokePresented(sessionId, end, now())
                                .then(announce(new EndedSession(sessionId, end.reason(), now()))))
                        .thenReturn(EndResult.NOT_FOUND)));
    }

    /**
     * Runs work that may end sessions by {@link #endLocked}, in one transaction. If the transaction emits an error, the ends that
     * may have written a tombstone are finished in the background, each in a transaction of its own; the rest of the work is
     * not repeated. The subscriber must not cancel.
     */
    public <T> Mono<T> inTransaction(Mono<T> work) {
        return ListenerCalls.awaitedAfter(BegunEnds.retryOnFailure(transactions.execute(work), unconfirmed::retry));
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
                            due.apply(locked.session()).flatMap(session -> endLocked(locked, expiryOf(session, logId))))
                    .defaultIfEmpty(EndResult.NOT_FOUND));
        });
    }

    /** Revokes an access token whose session is unknown. Fails with {@code UNAVAILABLE} as {@link #end}. */
    public Mono<Void> revokeUnknown(String digest, Instant expiresAt) {
        return transactions.execute(accessTokens.revokeUnknown(digest, expiresAt, now()));
    }

    /** Uses the session's last known client address, because an expiry has no caller. */
    private static SessionEnd expiryOf(Session session, String logId) {
        var client = session.client();
        var lastSeen = new ClientInfo(session.lastIp(), client.userAgent(), client.device(), client.clientId());
        return new SessionEnd(EndReason.EXPIRED, new Actor(null, lastSeen), logId, null);
    }

    /**
     * Ends all current sessions of the user in the scope, including those with only a refresh token left, and emits the number of
     * sessions ended. Fails with {@code UNAVAILABLE} when a session could not be ended; the other sessions are ended
     * all the same.
     */
    public Mono<Integer> endAllOf(String userId, TenantScope tenants, EndReason reason, Actor actor) {
        // The whole loop is uncancellable: a client that disconnects after the first session must not leave the
        // others alive. The failure of one session is emitted after the other sessions have ended.
        return BackgroundWork.run(
                ListenerCalls.awaitedAfter(EachInTurn.run(unendedOf(userId, tenants), id -> end(id, reason, actor))
                        .filter(result -> result == EndResult.ENDED)
                        .count()
                        .map(Math::toIntExact)));
    }

    /**
     * Ends these sessions in this order, each in a transaction of its own. Errors as {@link #endAllOf}. The subscriber must not
     * cancel.
     */
    public Mono<Void> endEach(Map<String, EndReason> reasons, Actor actor) {
        return ListenerCalls.awaitedAfter(EachInTurn.run(
                        Flux.fromIterable(reasons.entrySet()), entry -> end(entry.getKey(), entry.getValue(), actor))
                .then());
    }

    /**
     * Runs {@code change} and ends all sessions that the user has then, except one, in one transaction.
     *
     * <p>A transaction must be short, also while Redis hangs. Of a user with more than {@link #MAX_ENDS_PER_TRANSACTION}
     * sessions, the oldest ones are therefore ended before, each in a transaction of its own. They stay ended if
     * {@code change} fails.
     *
     * <p>{@code change} runs first and must lock the account's row, so that no session is opened in between. The lock
     * order is the account before its sessions. When the transaction fails, {@link #inTransaction} finishes its ends.
     *
     * @param keepSessionId the id of the session that is kept; null for none
     */
    public Mono<Void> endAllAfter(
            Mono<?> change, String userId, @Nullable String keepSessionId, EndReason reason, Actor actor) {
        return ListenerCalls.awaitedAfter(endOlder(userId, keepSessionId, reason, actor)
                .then(Mono.defer(() -> endNewest(change, userId, keepSessionId, reason, actor))));
    }

    private Mono<Void> endNewest(
            Mono<?> change, String userId, @Nullable String keepSessionId, EndReason reason, Actor actor) {
        Map<String, SessionEnd> fixed = new ConcurrentHashMap<>();
        Mono<Void> ends = unendedOf(userId, TenantScope.ALL)
                .filter(id -> !id.equals(keepSessionId))
                .concatMap(id ->
                        end(id, fixed.computeIfAbsent(id, any -> new SessionEnd(reason, actor, ids.get(), null))))
                .then();
        return inTransaction(change.then(ends));
    }

    /** Ends all sessions of the user but the newest few, each in a transaction of its own. */
    private Mono<Void> endOlder(String userId, @Nullable String keepSessionId, EndReason reason, Actor actor) {
        return EachInTurn.run(
                        unendedOf(userId, TenantScope.ALL)
                                .filter(id -> !id.equals(keepSessionId))
                                .skipLast(MAX_ENDS_PER_TRANSACTION),
                        id -> end(id, reason, actor))
                .then();
    }

    /** Reads the whole list before the first session is ended, so that only one connection is used at a time. */
    private Flux<String> unendedOf(String userId, TenantScope tenants) {
        return sessions.findUnendedIdsByUser(userId, tenants).collectList().flatMapMany(Flux::fromIterable);
    }

    /**
     * Ends a session whose row the surrounding transaction has locked. Emits {@code ENDED} or {@code ALREADY_ENDED}.
     */
    public Mono<EndResult> endLocked(LockedSession locked, SessionEnd end) {
        Session session = locked.session();
        if (session.ended()) {
            return sessions.forceDurableCommit(session.id())
                    .then(accessTokens.revokePresented(session.id(), end, locked.at()))
                    .then(announce(earlierEnd(locked)))
                    .thenReturn(EndResult.ALREADY_ENDED);
        }
        return accessTokens
                .revokeAll(locked, end)
                .then(tokens.deleteRefresh(session.id()))
                .then(sessions.end(session.id(), locked.at(), end.reason()))
                .then(loginLog.append(entry(locked, end)))
                .then(announce(new EndedSession(session.id(), end.reason(), locked.at())))
                .thenReturn(EndResult.ENDED);
    }

    /**
     * Starts to call the listener after the commit of the surrounding transaction. Every way to end a session passes here, so none can
     * forget it. The operation waits for the call after its last transaction, see {@link ListenerCalls}.
     */
    private Mono<Void> announce(EndedSession ended) {
        return transactions.afterCommit(ListenerCalls.start(Mono.defer(() -> listener.onEnd(ended))));
    }

    private static EndedSession earlierEnd(LockedSession locked) {
        Session session = locked.session();
        return new EndedSession(
                session.id(),
                Objects.requireNonNullElse(session.endReason(), EndReason.LOGOUT),
                Objects.requireNonNullElse(session.endedAt(), locked.at()));
    }

    /**
     * Returns the number of sessions whose end is being retried, because it may have written a tombstone and MySQL did not
     * confirm it.
     */
    public int unconfirmedEnds() {
        return unconfirmed.count();
    }

    /** Returns the number of ends that are not retried any more, because too many waited. */
    public long droppedEnds() {
        return unconfirmed.dropped();
    }

    /** Attempts the unconfirmed ends at once, and again after short pauses. A shutdown calls this before it waits for them. */
    public void hurryUnconfirmedEnds() {
        unconfirmed.retryNow();
    }

    /** Stops the retry of unconfirmed ends. */
    @Override
    public void close() {
        unconfirmed.close();
    }

    private static LoginLogEntry entry(LockedSession locked, SessionEnd end) {
        var session = locked.session();
        var client = end.actor().client();
        var actor = end.actor().userId();
        return new LoginLogEntry(
                end.logId(),
                LoginLogType.of(end.reason()),
                LoginLogResult.SUCCESS,
                session.userId(),
                session.username(),
                session.id(),
                client.ip(),
                client.userAgent(),
                locked.at(),
                actor == null && end.reason() == EndReason.LOGOUT ? session.userId() : actor,
                end.actor().comment(),
                session.tenantId());
    }

    private Instant now() {
        return clock.instant().truncatedTo(ChronoUnit.MILLIS);
    }
}
