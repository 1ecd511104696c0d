package io.portcullis.core.token.check;

import io.portcullis.core.error.ErrorCode;
import io.portcullis.core.error.PortcullisException;
import io.portcullis.core.reactive.Uncancellable;
import io.portcullis.core.resilience.BreakerSettings;
import io.portcullis.core.resilience.ConcurrencyLimit;
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
 * What MySQL says of a token that Redis could not answer for: one look-up per token at a time, a few tokens at a time, each within
 * a deadline, and none for a while when MySQL fails too.
 *
 * <p>Callers with the same token share only a look-up that has not begun. One under way may have read before a logout that was
 * answered before they asked.
 */
final class DatabaseTokenCheck {
    private static final String MYSQL = "MySQL";
    private static final Duration RETRY = Duration.ofMillis(500);

    private final AccessTokenCache store;
    private final TokenRepository registry;
    private final RevocationLedger ledger;
    private final Transactions transactions;
    private final Clock clock;
    private final TimeLimit deadline;
    private final ConcurrencyLimit limit;
    private final StoreBreaker breaker;
    private final SingleFlight<Identity> fills = new SingleFlight<>();
    private final SingleFlight<Identity> reads = new SingleFlight<>();

    DatabaseTokenCheck(
            AccessTokenCache store,
            TokenRepository registry,
            RevocationLedger ledger,
            Transactions transactions,
            Clock clock,
            FallbackSettings settings) {
        this.store = store;
        this.registry = registry;
        this.ledger = ledger;
        this.transactions = transactions;
        this.clock = clock;
        this.deadline = new TimeLimit(settings.deadline());
        // Slow calls need no threshold of their own: the deadline makes them failures.
        this.breaker = new StoreBreaker(MYSQL, new BreakerSettings(50, tooSlow(settings), 20, 10, RETRY, 3));
        this.limit = new ConcurrencyLimit(MYSQL, settings.maxConcurrent(), settings.maxWaiting(), breaker::withdraw);
        // Whoever waits for a turn behind look-ups that hang would wait for as long as they do.
        breaker.onOpen(limit::refuseWaiting);
    }

    /**
     * Answers from MySQL alone: one plain read, which sees every logout that was answered. Never empty; errors as {@link
     * AccessTokenAuthenticator#authenticate}.
     */
    Mono<Identity> read(Token token) {
        return reads.join(token.digest(), bounded(find(token)));
    }

    /**
     * Answers from MySQL and fills Redis under a shared lock of the session's row. A logout or refresh waits for that lock, so
     * the fill is in Redis before its tombstone is, whatever becomes of Redis in between. Never empty.
     */
    Mono<Identity> fill(Token token) {
        return fills.join(token.digest(), bounded(fillLocked(token)));
    }

    private Mono<Identity> find(Token token) {
        return Mono.defer(() -> registry.findIdentity(token.digest()))
                .switchIfEmpty(Mono.defer(() -> ledger.findReason(token.digest()))
                        .flatMap(DatabaseTokenCheck::revoked)
                        .switchIfEmpty(unknown()));
    }

    private Mono<Identity> fillLocked(Token token) {
        return transactions
                .execute(Mono.defer(() -> registry.findIdentityLocked(token.digest()))
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
                : store.putIfAbsent(token.digest(), live.identity(), remaining)
                        .onErrorComplete(PortcullisException.class);
    }

    /**
     * Redis lost the tombstone as well: with it back, the next request with this token costs MySQL nothing. The answer does not
     * wait for it: a tombstone may take longer than a check may, and the reason is known without it.
     */
    private void writeTombstone(Token token, RevocationReason reason) {
        Duration remaining = RevokedToken.remaining(token.expiresAt(), clock.instant());
        var unused = Uncancellable.startInBackground(
                "A tombstone's return",
                store.revoke(token.digest(), reason, remaining).onErrorComplete(PortcullisException.class));
    }

    private Mono<Identity> bounded(Mono<Identity> lookup) {
        return breaker.admit(limit.run(lookup, running -> breaker.observe(deadline.on(running))))
                .onErrorMap(
                        failure -> !(failure instanceof PortcullisException),
                        failure -> PortcullisException.storeUnavailable(MYSQL, failure));
    }

    /** What no look-up takes, not even one of a node that stood still for less than its deadline. */
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
