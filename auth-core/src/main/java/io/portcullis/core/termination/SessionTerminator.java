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
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Set;
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
import reactor.util.retry.Retry;

/**
 * Ends sessions: logout, kick, reuse and all other ends are this code (docs/design.md section 6).
 *
 * <p>The order is what makes it safe whatever fails. Under the session's row lock the access tokens leave MySQL and enter the
 * ledger; then tombstones go to Redis; only then the refresh tokens go, the session is marked as ended and all of it commits. A
 * tombstone that fails rolls everything back, the session is whole and the caller may try again; or, if so configured, the rest
 * goes on and the ledger's replay kills the access tokens in Redis. When MySQL fails after the tombstones, the outcome is unknown to
 * the caller, and the end is tried again until MySQL has it.
 */
public final class SessionTerminator {
    private static final Logger log = LoggerFactory.getLogger(SessionTerminator.class);

    /** About half a minute in all. */
    private static final Retry UNTIL_CONFIRMED =
            Retry.backoff(20, Duration.ofMillis(100)).maxBackoff(Duration.ofSeconds(2));

    private final Transactions transactions;
    private final SessionRepository sessions;
    private final TokenRepository tokens;
    private final AccessTokenCache store;
    private final LoginLogRepository loginLog;
    private final Supplier<String> ids;
    private final Clock clock;
    private final WhenRedisFails whenRedisFails;
    /** Ids of the sessions that are being ended in the background. A further failure of one of them starts no second task. */
    private final Set<String> finishing = ConcurrentHashMap.newKeySet();

    public SessionTerminator(
            Transactions transactions,
            SessionRepository sessions,
            TokenRepository tokens,
            AccessTokenCache store,
            LoginLogRepository loginLog,
            Supplier<String> ids,
            Clock clock,
            WhenRedisFails whenRedisFails) {
        this.transactions = transactions;
        this.sessions = sessions;
        this.tokens = tokens;
        this.store = store;
        this.loginLog = loginLog;
        this.ids = ids;
        this.clock = clock;
        this.whenRedisFails = whenRedisFails;
    }

    /**
     * Ends one session. When this emits, no node accepts any of its tokens (invariant I1). {@code UNAVAILABLE} when a store
     * failed: the outcome is then unknown, and calling again is safe.
     */
    public Mono<EndResult> end(String sessionId, EndReason reason, Actor caller) {
        return Mono.defer(() -> endOrFinish(sessionId, new SessionEnd(reason, caller, ids.get(), null)));
    }

    /**
     * Logs out the session that a token was presented of. An access token dies also where MySQL knows it not as one of that
     * session, or not the session itself, as after a restore of an older dump. Errors as {@link #end}.
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
     * With the tombstones in place Redis says that the session is over: MySQL must not go on to say that it lives, and a node in
     * degraded mode to believe it.
     */
    public void finishIfBegun(String sessionId, SessionEnd ending) {
        finishBegun(Map.of(sessionId, ending));
    }

    /** One session after the other: they may be many, and MySQL may be in trouble. */
    private void finishBegun(Map<String, SessionEnd> endings) {
        var unused = Uncancellable.startInBackground(
                "An end that MySQL did not confirm",
                EachInTurn.run(
                                Flux.fromIterable(endings.entrySet())
                                        .filter(each -> each.getValue()
                                                .tombstonesWritten()
                                                .get()),
                                each -> finish(each.getKey(), each.getValue()))
                        .then());
    }

    private Mono<Void> finish(String sessionId, SessionEnd ending) {
        return Mono.defer(() -> finishing.add(sessionId)
                ? end(sessionId, ending)
                        .retryWhen(UNTIL_CONFIRMED)
                        .then()
                        .doFinally(signal -> finishing.remove(sessionId))
                : Mono.empty());
    }

    /**
     * Ends the session as expired, on nobody's behalf, if {@code due} emits it. It is asked under the lock of the session's row,
     * so no refresh can come in between. Emits {@code NOT_FOUND} if it was not due. Errors as {@link #end}.
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

    /** Kills an access token of which no session is known. {@code UNAVAILABLE} as {@link #end}. */
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
     * Ends every session that the user has now, also those with only a refresh token left; emits how many. {@code UNAVAILABLE}
     * when one of them could not be ended; the others are.
     */
    public Mono<Integer> endAllOf(String userId, EndReason reason, Actor caller) {
        // Shielded as a whole: a caller that leaves after the first session must not leave the other sessions alive. A
        // session that cannot be ended must not either; its failure is emitted when the other sessions have ended.
        return Uncancellable.run(EachInTurn.run(unendedOf(userId), id -> end(id, reason, caller))
                .filter(result -> result == EndResult.ENDED)
                .count()
                .map(Math::toIntExact));
    }

    /**
     * Runs {@code change} and ends every session that the user has then, but for the one to keep: in one transaction, all of it or
     * nothing. The change comes first and must lock the account's row, so that no session is opened in between. Locks are taken in one
     * order, the account before its sessions. When the transaction fails, the sessions whose tombstones Redis has already are ended
     * in the background, each by itself; the change is not repeated.
     *
     * @param keepSessionId the session that stays; null for none
     */
    public Mono<Void> endAllAfter(
            Mono<?> change, String userId, @Nullable String keepSessionId, EndReason reason, Actor caller) {
        return Mono.defer(() -> {
            Map<String, SessionEnd> begun = new ConcurrentHashMap<>();
            Mono<Void> ends = unendedOf(userId)
                    .filter(id -> !id.equals(keepSessionId))
                    .concatMap(id ->
                            end(id, begun.computeIfAbsent(id, any -> new SessionEnd(reason, caller, ids.get(), null))))
                    .then();
            return transactions.execute(change.then(ends)).doOnError(failure -> finishBegun(begun));
        });
    }

    /** Reads the list to its end first: one connection at a time, however many sessions there are. */
    private Flux<String> unendedOf(String userId) {
        return sessions.findUnendedIdsByUser(userId).collectList().flatMapMany(Flux::fromIterable);
    }

    /** Of several failures at once, which come as one of no type that anybody knows. */
    private static Throwable first(Throwable failure) {
        return Exceptions.unwrapMultiple(failure).get(0);
    }

    /** Ends a session whose row the surrounding transaction has locked. */
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

    /** A refresh token of which MySQL knows no session yields nothing already. */
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
                .flatMap(entered -> byPolicy(store.revoke(digest, reason, RevokedToken.remaining(expiresAt, at))
                        .doOnSuccess(done -> written.set(true))));
    }

    /**
     * The ledger says already that they must be dead; it is also what tells the nodes if this fails and the rest commits. A tombstone that
     * fails cancels no other, so that it is known which were written.
     */
    private Mono<Void> writeTombstones(
            List<AccessTokenRecord> revoked, RevocationReason reason, Instant at, SessionEnd ending) {
        return byPolicy(Flux.fromIterable(revoked)
                .flatMapDelayError(
                        token -> store.revoke(token.digest(), reason, RevokedToken.remaining(token.expiresAt(), at))
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
        log.debug("A logout goes on without Redis; the ledger's replay kills its access token there", failure);
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

    /**
     * What is fixed before the transaction, so that one that is run again writes the same log entry.
     *
     * @param presented the token that asked for it; null for none
     * @param tombstonesWritten whether Redis has confirmed a tombstone
     */
    public record SessionEnd(
            EndReason reason,
            Actor caller,
            String logId,
            @Nullable Token presented,
            AtomicBoolean tombstonesWritten) {
        public SessionEnd(EndReason reason, Actor caller, String logId, @Nullable Token presented) {
            this(reason, caller, logId, presented, new AtomicBoolean());
        }
    }
}
