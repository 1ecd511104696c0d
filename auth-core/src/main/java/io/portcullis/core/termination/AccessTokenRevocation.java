package io.portcullis.core.termination;

import io.portcullis.core.resilience.CallOutcome;
import io.portcullis.core.resilience.LatencyRecorder;
import io.portcullis.core.session.EndReason;
import io.portcullis.core.session.LockedSession;
import io.portcullis.core.token.Token;
import io.portcullis.core.token.TokenKind;
import io.portcullis.core.token.store.AccessTokenCache;
import io.portcullis.core.token.store.AccessTokenRecord;
import io.portcullis.core.token.store.RevocationReason;
import io.portcullis.core.token.store.RevokedToken;
import io.portcullis.core.token.store.TokenRepository;
import io.portcullis.core.transaction.Transactions;
import java.time.Instant;
import java.util.List;
import java.util.function.UnaryOperator;
import reactor.core.Exceptions;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.util.concurrent.Queues;

/**
 * Revokes access tokens in the surrounding transaction: enters them in the ledger, then writes their tombstones to Redis. If Redis
 * does not take a tombstone, {@link RedisFailurePolicy} decides whether the revocation fails. {@link BegunEnds} records each tombstone.
 */
final class AccessTokenRevocation {
    private final TokenRepository tokens;
    private final AccessTokenCache cache;
    private final Transactions transactions;
    private final RedisFailurePolicy policy;
    private final LatencyRecorder delays;

    /** @param delays receives the time from the start of an end to each of its tombstones, once Redis has confirmed the tombstone */
    AccessTokenRevocation(
            TokenRepository tokens,
            AccessTokenCache cache,
            Transactions transactions,
            RedisFailurePolicy policy,
            LatencyRecorder delays) {
        this.delays = delays;
        this.tokens = tokens;
        this.cache = cache;
        this.transactions = transactions;
        this.policy = policy;
    }

    /** Revokes all access tokens of the session, and the presented one even if MySQL does not have it as one of these. */
    Mono<Void> revokeAll(LockedSession locked, SessionEnd end) {
        String sessionId = locked.session().id();
        var reason = RevocationReason.of(end.reason());
        return tokens.revokeAccess(sessionId, reason, locked.at())
                .collectList()
                .flatMap(revoked -> writeTombstones(revoked, reason, locked.at(), end)
                        .then(
                                containsPresented(revoked, end)
                                        ? Mono.empty()
                                        : revokePresented(sessionId, end, locked.at())));
    }

    private static boolean containsPresented(List<AccessTokenRecord> revoked, SessionEnd end) {
        Token presented = end.presented();
        return presented != null
                && revoked.stream().anyMatch(token -> token.digest().equals(presented.digest()));
    }

    /**
     * Revokes the presented access token, if there is one that has not expired. A refresh token needs no revocation:
     * without its session it yields nothing.
     */
    Mono<Void> revokePresented(String sessionId, SessionEnd end, Instant at) {
        Token presented = end.presented();
        return presented == null
                        || presented.kind() == TokenKind.REFRESH
                        || presented.expiresAt().isBefore(at.minus(RevokedToken.CLOCK_SKEW))
                ? Mono.empty()
                : revoke(
                        presented.digest(),
                        presented.expiresAt(),
                        at,
                        tombstone -> BegunEnds.record(sessionId, end, measured(tombstone, end)));
    }

    /**
     * Revokes an access token whose session is unknown. MySQL does not have the token, so a tombstone without the ledger's
     * entry leaves nothing to finish.
     */
    Mono<Void> revokeUnknown(String digest, Instant expiresAt, Instant at) {
        return revoke(digest, expiresAt, at, tombstone -> tombstone);
    }

    private Mono<Void> revoke(String digest, Instant expiresAt, Instant at, UnaryOperator<Mono<Void>> recording) {
        var reason = RevocationReason.of(EndReason.LOGOUT);
        return tokens.revokeUnknown(digest, expiresAt, reason)
                .filter(entered -> entered)
                .flatMap(entered -> applyRedisFailurePolicy(
                        recording.apply(cache.revoke(digest, reason, RevokedToken.remaining(expiresAt, at)))));
    }

    /**
     * Writes the tombstones. The ledger already lists the tokens, so its replay revokes them on all nodes if this
     * step fails and the transaction commits. The failure of one tombstone does not cancel the others, so that it is known which
     * may have been written.
     */
    private Mono<Void> writeTombstones(
            List<AccessTokenRecord> revoked, RevocationReason reason, Instant at, SessionEnd end) {
        return Flux.fromIterable(revoked)
                .flatMapDelayError(
                        token -> applyRedisFailurePolicy(BegunEnds.record(
                                token.sessionId(),
                                end,
                                measured(
                                        cache.revoke(
                                                token.digest(), reason, RevokedToken.remaining(token.expiresAt(), at)),
                                        end))),
                        Queues.SMALL_BUFFER_SIZE,
                        Queues.XS_BUFFER_SIZE)
                .then()
                .onErrorMap(AccessTokenRevocation::first);
    }

    private Mono<Void> measured(Mono<Void> tombstone, SessionEnd end) {
        return tombstone.doOnSuccess(done -> delays.recordSince(end.startedAt(), CallOutcome.OK));
    }

    /** Unwraps Reactor's composite exception to its first failure, which has a type that callers handle. */
    private static Throwable first(Throwable failure) {
        return Exceptions.unwrapMultiple(failure).get(0);
    }

    private Mono<Void> applyRedisFailurePolicy(Mono<Void> tombstone) {
        return policy.applyTo(tombstone, transactions);
    }
}
