package io.portcullis.core.token.check;

import io.portcullis.core.error.ErrorCode;
import io.portcullis.core.error.PortcullisException;
import io.portcullis.core.reactive.BackgroundWork;
import io.portcullis.core.resilience.BreakerSettings;
import io.portcullis.core.resilience.ConcurrencyLimit;
import io.portcullis.core.resilience.LatencyRecorder;
import io.portcullis.core.resilience.SingleFlight;
import io.portcullis.core.resilience.StoreBreaker;
import io.portcullis.core.resilience.TimeLimit;
import io.portcullis.core.token.Token;
import io.portcullis.core.token.store.AccessTokenCache;
import io.portcullis.core.token.store.Identity;
import io.portcullis.core.token.store.LiveAccessToken;
import io.portcullis.core.token.store.RevocationLedger;
import io.portcullis.core.token.store.RevocationReason;
import io.portcullis.core.token.store.RevokedToken;
import io.portcullis.core.token.store.TokenRepository;
import io.portcullis.core.transaction.Transactions;
import java.time.Clock;
import java.time.Duration;
import reactor.core.publisher.Mono;

/**
 * Checks a token in MySQL when Redis cannot decide. Protects MySQL from overload: single flight per token, a concurrency limit
 * over all tokens, a deadline per look-up, and a circuit breaker.
 *
 * <p>Callers with the same token share only a look-up that has not started. A look-up in flight may have read its row before a
 * logout that was answered before the new caller arrived, and so would let a dead token pass (invariant I1).
 */
final class DatabaseTokenCheck {
    private static final String MYSQL = "MySQL";
    private static final Duration RETRY = Duration.ofMillis(500);

    private final AccessTokenCache cache;
    private final TokenRepository tokens;
    private final RevocationLedger ledger;
    private final Transactions transactions;
    private final Clock clock;
    private final TimeLimit deadline;
    private final ConcurrencyLimit limit;
    private final StoreBreaker breaker;
    private final LatencyRecorder latency;
    private final SingleFlight<Identity> fills = new SingleFlight<>();
    private final SingleFlight<Identity> reads = new SingleFlight<>();

    DatabaseTokenCheck(
            AccessTokenCache cache,
            TokenRepository tokens,
            RevocationLedger ledger,
            Transactions transactions,
            Clock clock,
            FallbackSettings settings,
            LatencyRecorder latency) {
        this.latency = latency;
        this.cache = cache;
        this.tokens = tokens;
        this.ledger = ledger;
        this.transactions = transactions;
        this.clock = clock;
        this.deadline = new TimeLimit(settings.deadline());
        // The slow-call rule is disabled by a high threshold: a slow look-up exceeds the deadline and counts as a
        // failure.
        this.breaker = new StoreBreaker(MYSQL, new BreakerSettings(50, tooSlow(settings), 20, 10, RETRY, 3));
        this.limit = new ConcurrencyLimit(
                MYSQL, settings.maxConcurrent(), settings.maxWaiting(), breaker::releasePermission);
        // Reject the waiting callers at once: they would wait as long as the look-ups that hang.
        breaker.onOpen(limit::refuseWaiting);
    }

    /**
     * Checks the token by one read of MySQL without locks, which sees every logout that was answered before. Never empty. Errors
     * as {@link AccessTokenAuthenticator#authenticate}.
     */
    Mono<Identity> read(Token token) {
        return reads.join(token.digest(), limited(find(token)));
    }

    /**
     * Checks the token in MySQL and fills Redis under a shared lock of the session's row. A logout or refresh waits for that
     * lock, so the fill always precedes the tombstone in Redis. A failure to fill is ignored. Never empty. Errors as
     * {@link #read}.
     */
    Mono<Identity> fill(Token token) {
        return fills.join(token.digest(), limited(fillLocked(token)));
    }

    private Mono<Identity> find(Token token) {
        return Mono.defer(() -> tokens.findIdentity(token.digest()))
                .switchIfEmpty(Mono.defer(() -> ledger.findReason(token.digest()))
                        .flatMap(DatabaseTokenCheck::revoked)
                        .switchIfEmpty(unknown()));
    }

    private Mono<Identity> fillLocked(Token token) {
        return transactions
                .execute(Mono.defer(() -> tokens.findIdentityLocked(token.digest()))
                        .delayUntil(live -> put(token, live))
                        .map(LiveAccessToken::identity))
                .switchIfEmpty(Mono.defer(() -> ledger.findReason(token.digest()))
                        .doOnNext(reason -> writeTombstone(token, reason))
                        .flatMap(DatabaseTokenCheck::revoked)
                        .switchIfEmpty(unknown()));
    }

    private Mono<Void> put(Token token, LiveAccessToken live) {
        Duration remaining = live.remaining();
        return remaining.isNegative() || remaining.isZero()
                ? Mono.error(PortcullisException.of(ErrorCode.ACCESS_TOKEN_EXPIRED))
                : cache.putIfAbsent(token.digest(), live.identity(), remaining)
                        .onErrorComplete(PortcullisException.class);
    }

    /**
     * Restores the tombstone that Redis has lost, so that the next request with this token does not reach MySQL. Runs in the
     * background: the response does not need the tombstone, and writing it may take longer than a check may. A failure is
     * ignored.
     */
    private void writeTombstone(Token token, RevocationReason reason) {
        Duration remaining = RevokedToken.remaining(token.expiresAt(), clock.instant());
        var unused = BackgroundWork.start(
                "Tombstone restoration",
                cache.revoke(token.digest(), reason, remaining).onErrorComplete(PortcullisException.class));
    }

    private Mono<Identity> limited(Mono<Identity> lookup) {
        return breaker.admit(limit.run(lookup, running -> breaker.observe(latency.observe(deadline.applyTo(running)))))
                .onErrorMap(
                        failure -> !(failure instanceof PortcullisException),
                        failure -> PortcullisException.storeUnavailable(MYSQL, failure));
    }

    /**
     * Returns three deadlines: so high that the slow-call rule never fires, even after a stall. Timeouts already count as
     * failures.
     */
    private static Duration tooSlow(FallbackSettings settings) {
        return settings.deadline().multipliedBy(3);
    }

    private static Mono<Identity> revoked(RevocationReason reason) {
        return Mono.error(PortcullisException.of(reason.errorCode()));
    }

    private static Mono<Identity> unknown() {
        return Mono.error(() -> PortcullisException.of(ErrorCode.ACCESS_TOKEN_INVALID));
    }
}
