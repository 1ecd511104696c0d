package io.portcullis.core.degraded;

import io.portcullis.core.resilience.CallOutcome;
import io.portcullis.core.resilience.LatencyRecorder;
import io.portcullis.core.token.store.AccessTokenCache;
import io.portcullis.core.token.store.RevocationLedger;
import io.portcullis.core.token.store.RevocationReason;
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
 * Writes the tombstones of the ledger's entries into Redis (docs/design.md section 9). The operation is idempotent.
 *
 * <p>Each node replays over its own connections. Even if a node still talks to a master that a failover has replaced, that master
 * receives the tombstones of all recently revoked tokens.
 */
public final class LedgerReplay {
    private static final int PAGE = 1_000;
    private static final int CONCURRENCY = 256;
    /**
     * The window of {@link #replayRecent}. It must exceed the longest time between the date of an entry and the commit that makes
     * the entry visible: the deadline of a transaction (5 s), plus its last statement (3 s), plus its commit (5 s).
     */
    static final Duration RECENT_WINDOW = Duration.ofSeconds(20);

    private final RevocationLedger ledger;
    private final AccessTokenCache cache;
    private final Transactions transactions;
    private final Clock clock;
    private final LatencyRecorder delays;
    private final Set<RevokedToken> writtenRecently = ConcurrentHashMap.newKeySet();

    /** @param cache the unguarded cache, which accesses Redis in degraded mode too */
    public LedgerReplay(RevocationLedger ledger, AccessTokenCache cache, Transactions transactions, Clock clock) {
        this(ledger, cache, transactions, clock, LatencyRecorder.NONE);
    }

    /**
     * @param cache as above
     * @param delays receives, for each entry of an end that no node had applied, the time from the end to the confirmation by Redis that
     *     the replay got. It contains the difference of the clocks of the database and this node
     */
    public LedgerReplay(
            RevocationLedger ledger,
            AccessTokenCache cache,
            Transactions transactions,
            Clock clock,
            LatencyRecorder delays) {
        this.delays = delays;
        this.ledger = ledger;
        this.cache = cache;
        this.transactions = transactions;
        this.clock = clock;
    }

    /**
     * Writes the tombstones of all unexpired entries, latest first, and emits their number. Errors: {@code UNAVAILABLE} if MySQL
     * failed, {@link UnwrittenTombstonesException} if Redis did not take all tombstones of a page.
     *
     * @param shouldContinue returns whether to continue; called before each further page of 1,000. The replay is stopped this way
     *     instead of by cancellation, because a cancelled query costs a database connection
     */
    public Mono<Long> replayAll(BooleanSupplier shouldContinue) {
        return page(null)
                .expand(page -> shouldContinue.getAsBoolean() ? pageAfter(page) : Mono.empty())
                .concatMap(page -> writeTombstones(page, Set.of()))
                .reduce(0L, Long::sum);
    }

    /**
     * Writes the tombstones of up to 1,000 entries that no node has applied yet, and of all entries of the last 20 s that this
     * node has not written yet. Emits their number. Errors as {@link #replayAll}.
     */
    public Mono<Long> replayRecent() {
        return Mono.defer(() -> {
            Instant now = clock.instant();
            Mono<List<RevokedToken>> unwritten = findRecent(now).collectList().map(this::notYetWritten);
            return ledger.findUnapplied(now, PAGE)
                    .collectList()
                    .flatMap(unapplied -> Flux.concat(
                                    Flux.fromIterable(unapplied), unwritten.flatMapIterable(entries -> entries))
                            .distinct(RevokedToken::digest)
                            .buffer(PAGE)
                            .concatMap(page -> writeTombstones(page, Set.copyOf(unapplied)))
                            .reduce(0L, Long::sum));
        });
    }

    /** Emits all entries of the last 20 s, page by page: under load one page covers only about a second. */
    private Flux<RevokedToken> findRecent(Instant now) {
        return ledger.findRevokedWithin(RECENT_WINDOW, now, PAGE)
                .collectList()
                .flatMapMany(first -> Flux.just(first)
                        .expand(page -> pageAfter(page).map(next -> notOlder(next, first.get(0))))
                        .concatMapIterable(page -> page));
    }

    /** Returns the entries of the page that are dated at most 20 s before the newest entry. */
    private static List<RevokedToken> notOlder(List<RevokedToken> page, RevokedToken newest) {
        Instant since = newest.revokedAt().minus(RECENT_WINDOW);
        return page.stream().filter(entry -> !entry.revokedAt().isBefore(since)).toList();
    }

    private List<RevokedToken> notYetWritten(List<RevokedToken> recent) {
        writtenRecently.retainAll(Set.copyOf(recent));
        return recent.stream().filter(entry -> !writtenRecently.contains(entry)).toList();
    }

    private Mono<List<RevokedToken>> pageAfter(List<RevokedToken> page) {
        return page.size() < PAGE ? Mono.empty() : page(page.get(page.size() - 1));
    }

    private Mono<List<RevokedToken>> page(@Nullable RevokedToken last) {
        return Mono.defer(
                () -> ledger.findUnexpired(clock.instant(), last, PAGE).collectList());
    }

    /**
     * Writes the tombstones of all entries, records the successful ones in the ledger, and then signals the first failure, if
     * any. In a Cluster, the failure of one master must not prevent the tombstones of the others.
     *
     * @param measured the entries whose delay is recorded
     */
    private Mono<Long> writeTombstones(List<RevokedToken> entries, Set<RevokedToken> measured) {
        if (entries.isEmpty()) {
            return Mono.just(0L);
        }
        Instant now = clock.instant();
        var failure = new AtomicReference<@Nullable Throwable>();
        return Flux.fromIterable(entries)
                .flatMap(entry -> writeTombstone(entry, now, failure), CONCURRENCY)
                .doOnNext(entry -> recordDelay(entry, measured))
                .collectList()
                .flatMap(written -> recordApplied(written, now))
                .flatMap(written -> outcome(written, failure.get()));
    }

    private Mono<RevokedToken> writeTombstone(
            RevokedToken entry, Instant now, AtomicReference<@Nullable Throwable> failure) {
        return cache.revoke(entry.digest(), entry.reason(), entry.remaining(now))
                .thenReturn(entry)
                .onErrorResume(Exception.class, e -> {
                    failure.compareAndSet(null, e);
                    return Mono.empty();
                });
    }

    /** A superseded access token is not revoked by an end, so its tombstone has no delay. */
    private void recordDelay(RevokedToken entry, Set<RevokedToken> measured) {
        if (entry.reason() != RevocationReason.SUPERSEDED && measured.contains(entry)) {
            Duration delay = Duration.between(entry.revokedAt(), clock.instant());
            delays.record(CallOutcome.OK, Math.max(0, delay.toNanos()));
        }
    }

    private Mono<List<RevokedToken>> recordApplied(List<RevokedToken> written, Instant now) {
        return transactions.execute(ledger.markApplied(written, now)).then(Mono.fromSupplier(() -> {
            writtenRecently.addAll(written);
            return written;
        }));
    }

    private static Mono<Long> outcome(List<RevokedToken> written, @Nullable Throwable failure) {
        return failure == null
                ? Mono.just((long) written.size())
                : Mono.error(new UnwrittenTombstonesException(failure));
    }
}
