package io.portcullis.core.recovery;

import io.portcullis.core.token.AccessTokenStore;
import io.portcullis.core.token.RevocationLedger;
import io.portcullis.core.token.RevokedToken;
import io.portcullis.core.transaction.Transactions;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
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
    /** Longer than a transaction may take from the date of its entries to its commit. */
    private static final Duration LATELY = Duration.ofSeconds(10);

    private final RevocationLedger ledger;
    private final AccessTokenStore store;
    private final Transactions transactions;
    private final Clock clock;
    private final Set<RevokedToken> putLately = ConcurrentHashMap.newKeySet();

    /** @param store the one that talks to Redis whether it is trusted or not */
    public LedgerReplay(RevocationLedger ledger, AccessTokenStore store, Transactions transactions, Clock clock) {
        this.ledger = ledger;
        this.store = store;
        this.transactions = transactions;
        this.clock = clock;
    }

    /**
     * Puts all tombstones, latest first; emits how many. {@code UNAVAILABLE} when a store failed in between.
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
     * Puts the tombstones that no node has put yet, and those of what was revoked in the last 10 s unless this node has put them;
     * emits how many. {@code UNAVAILABLE} when a store failed in between.
     */
    public Mono<Long> replayRecent() {
        return Mono.defer(() -> {
            Instant now = clock.instant();
            putLately.removeIf(entry -> entry.revokedAt().isBefore(now.minus(LATELY.multipliedBy(2))));
            return Flux.concat(ledger.findUnapplied(now, PAGE), ledger.findRevokedWithin(LATELY, now, PAGE))
                    .distinct(RevokedToken::digest)
                    .collectList()
                    .flatMap(this::putNew);
        });
    }

    private Mono<Long> putNew(List<RevokedToken> entries) {
        return put(entries.stream().filter(entry -> !putLately.contains(entry)).toList());
    }

    private Mono<List<RevokedToken>> pageAfter(List<RevokedToken> page) {
        return page.size() < PAGE ? Mono.empty() : page(page.get(page.size() - 1));
    }

    private Mono<List<RevokedToken>> page(@Nullable RevokedToken last) {
        return Mono.defer(
                () -> ledger.findUnexpired(clock.instant(), last, PAGE).collectList());
    }

    private Mono<Long> put(List<RevokedToken> entries) {
        if (entries.isEmpty()) {
            return Mono.just(0L);
        }
        Instant now = clock.instant();
        return Flux.fromIterable(entries)
                .flatMap(entry -> store.revoke(entry.digest(), entry.reason(), entry.remaining(now)), CONCURRENCY)
                .then(transactions.execute(ledger.markApplied(entries, now)))
                .then(Mono.fromSupplier(() -> {
                    putLately.addAll(entries);
                    return (long) entries.size();
                }));
    }
}
