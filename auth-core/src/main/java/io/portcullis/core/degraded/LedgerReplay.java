package io.portcullis.core.degraded;

import io.portcullis.core.token.store.AccessTokenCache;
import io.portcullis.core.token.store.RevocationLedger;
import io.portcullis.core.token.store.RevokedToken;
import io.portcullis.core.transaction.Transactions;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Puts tombstones into Redis for what the ledger says is revoked. Putting one twice does no harm.
 *
 * <p>Each node does so over its own connections: whatever Redis it talks to, also a master that the rest of the world has
 * replaced, holds the tombstones of everything that was revoked lately.
 */
public final class LedgerReplay {
    private static final int PAGE = 1_000;
    private static final int CONCURRENCY = 256;
    /**
     * Longer than the longest time between the date of an entry and the commit that makes it visible: a transaction is given up after 5 s,
     * and its last statements and its commit may take 3 s and 5 s more.
     */
    static final Duration LATELY = Duration.ofSeconds(20);

    private final RevocationLedger ledger;
    private final AccessTokenCache store;
    private final Transactions transactions;
    private final Clock clock;
    private final Set<RevokedToken> putLately = ConcurrentHashMap.newKeySet();

    /** @param store the one that talks to Redis whether it is trusted or not */
    public LedgerReplay(RevocationLedger ledger, AccessTokenCache store, Transactions transactions, Clock clock) {
        this.ledger = ledger;
        this.store = store;
        this.transactions = transactions;
        this.clock = clock;
    }

    /**
     * Puts all tombstones, latest first; emits how many. {@code UNAVAILABLE} when MySQL failed in between, {@link
     * UnwrittenTombstonesException} when Redis did.
     *
     * @param worthwhile whether to go on, asked for before each thousand; it is not cancelled, which would cost a connection
     */
    public Mono<Long> replayAll(BooleanSupplier worthwhile) {
        return page(null)
                .expand(page -> worthwhile.getAsBoolean() ? pageAfter(page) : Mono.empty())
                .concatMap(this::put)
                .reduce(0L, Long::sum);
    }

    /**
     * Puts the tombstones that no node has put yet, and those of what was revoked in the last 20 s unless this node has put them; emits
     * how many. Errors as {@link #replayAll}.
     */
    public Mono<Long> replayRecent() {
        return Mono.defer(() -> {
            Instant now = clock.instant();
            Mono<List<RevokedToken>> missingHere =
                    revokedLately(now).collectList().map(this::notPutHere);
            return Flux.concat(ledger.findUnapplied(now, PAGE), missingHere.flatMapIterable(entries -> entries))
                    .distinct(RevokedToken::digest)
                    .buffer(PAGE)
                    .concatMap(this::put)
                    .reduce(0L, Long::sum);
        });
    }

    /** All entries of the last 20 s, however many: under load the latest thousand are those of a second. */
    private Flux<RevokedToken> revokedLately(Instant now) {
        return ledger.findRevokedWithin(LATELY, now, PAGE)
                .collectList()
                .flatMapMany(first -> Flux.just(first)
                        .expand(page -> pageAfter(page).map(next -> notOlder(next, first.get(0))))
                        .concatMapIterable(page -> page));
    }

    /** The entries of the page within the window before the newest entry of all. */
    private static List<RevokedToken> notOlder(List<RevokedToken> page, RevokedToken newest) {
        Instant since = newest.revokedAt().minus(LATELY);
        return page.stream().filter(entry -> !entry.revokedAt().isBefore(since)).toList();
    }

    private List<RevokedToken> notPutHere(List<RevokedToken> lately) {
        putLately.retainAll(Set.copyOf(lately));
        return lately.stream().filter(entry -> !putLately.contains(entry)).toList();
    }

    private Mono<List<RevokedToken>> pageAfter(List<RevokedToken> page) {
        return page.size() < PAGE ? Mono.empty() : page(page.get(page.size() - 1));
    }

    private Mono<List<RevokedToken>> page(@Nullable RevokedToken last) {
        return Mono.defer(
                () -> ledger.findUnexpired(clock.instant(), last, PAGE).collectList());
    }

    /**
     * Writes the tombstones of all entries and notes those that Redis has taken, also if it has not taken others: in a Cluster one
     * master that fails must not keep the others from theirs.
     */
    private Mono<Long> put(List<RevokedToken> entries) {
        if (entries.isEmpty()) {
            return Mono.just(0L);
        }
        Instant now = clock.instant();
        var failure = new AtomicReference<@Nullable Throwable>();
        return Flux.fromIterable(entries)
                .flatMap(entry -> write(entry, now, failure), CONCURRENCY)
                .collectList()
                .flatMap(written -> noteApplied(written, now))
                .flatMap(written -> outcome(written, failure.get()));
    }

    private Mono<RevokedToken> write(RevokedToken entry, Instant now, AtomicReference<@Nullable Throwable> failure) {
        return store.revoke(entry.digest(), entry.reason(), entry.remaining(now))
                .thenReturn(entry)
                .onErrorResume(Exception.class, e -> {
                    failure.compareAndSet(null, e);
                    return Mono.empty();
                });
    }

    private Mono<List<RevokedToken>> noteApplied(List<RevokedToken> written, Instant now) {
        return transactions.execute(ledger.markApplied(written, now)).then(Mono.fromSupplier(() -> {
            putLately.addAll(written);
            return written;
        }));
    }

    private static Mono<Long> outcome(List<RevokedToken> written, @Nullable Throwable failure) {
        return failure == null
                ? Mono.just((long) written.size())
                : Mono.error(new UnwrittenTombstonesException(failure));
    }
}
