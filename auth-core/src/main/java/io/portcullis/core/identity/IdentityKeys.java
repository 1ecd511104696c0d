package io.portcullis.core.identity;

import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSet;
import io.portcullis.core.clock.DatabaseClock;
import io.portcullis.core.error.RootCause;
import io.portcullis.core.reactive.BackgroundWork;
import io.portcullis.core.reactive.Repetition;
import io.portcullis.core.retention.Lease;
import io.portcullis.core.retention.LeaseLostException;
import io.portcullis.core.retention.LeaseRepository;
import io.portcullis.core.transaction.Transactions;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.core.scheduler.Schedulers;

/**
 * The keys that sign identities. Every node holds them in memory and reads them from MySQL every two seconds; one node at a time, under a
 * lease, adds and removes keys as {@link IdentityKeySchedule} says. While MySQL fails, the keys in memory remain in use.
 */
public final class IdentityKeys implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(IdentityKeys.class);

    private static final String LEASE = "identity-keys";
    private static final Duration LEASE_TIME = Duration.ofSeconds(10);
    private static final Duration INTERVAL = Duration.ofSeconds(2);
    /** The pause before another read, if another node is adding the first key. */
    private static final Duration FIRST_KEY_PAUSE = Duration.ofMillis(200);

    private static final Published NONE = new Published(List.of(), List.of(), jwkSet(List.of()));

    private final IdentityKeyRepository repository;
    private final LeaseRepository leases;
    private final Transactions transactions;
    private final DatabaseClock databaseClock;
    private final IdentityKeySchedule schedule;
    private final Supplier<String> ids;
    private final Clock clock;
    private final AtomicBoolean started = new AtomicBoolean();
    private final AtomicBoolean failing = new AtomicBoolean();
    private final Sinks.Empty<Void> loaded = Sinks.empty();
    private final Disposable.Swap running = Disposables.swap();

    private volatile Published current = NONE;

    /**
     * Creates an empty key set that reads nothing yet.
     *
     * @param period the time for which a key signs
     * @param ids creates the ids of the holders of a lease
     */
    public IdentityKeys(
            IdentityKeyRepository repository,
            LeaseRepository leases,
            Transactions transactions,
            DatabaseClock databaseClock,
            Duration period,
            Supplier<String> ids,
            Clock clock) {
        this.repository = repository;
        this.leases = leases;
        this.transactions = transactions;
        this.databaseClock = databaseClock;
        this.schedule = new IdentityKeySchedule(period);
        this.ids = ids;
        this.clock = clock;
    }

    /**
     * Begins to read the keys in the background, and adds the first key if there is none. Completes when this node has a key; never
     * fails: what fails is tried again. Further calls wait for the same.
     */
    public Mono<Void> start() {
        return Mono.defer(() -> {
            if (started.compareAndSet(false, true)) {
                boolean unused = running.update(BackgroundWork.start(
                        "Identity keys",
                        untilLoaded()
                                .then(Mono.defer(() -> Mono.delay(Repetition.jittered(INTERVAL))))
                                .then(Repetition.every(INTERVAL, Mono.defer(this::refreshAndReport)))));
            }
            return loaded.asMono();
        });
    }

    private Mono<Void> untilLoaded() {
        return Mono.defer(this::refreshAndReport)
                .repeatWhen(runs ->
                        runs.takeWhile(run -> current.keys.isEmpty()).concatMap(run -> Mono.delay(FIRST_KEY_PAUSE)))
                .then();
    }

    /** Returns the key that signs at this time; null if this node has none. */
    @Nullable
    IdentityKey findSigner(Instant now) {
        IdentityKey signer = null;
        for (IdentityKey key : current.keys) {
            // The first key signs at once, also by the clock of a node that is behind.
            if (signer == null || !key.signsFrom().isAfter(now)) {
                signer = key;
            }
        }
        return signer;
    }

    /** Returns the public keys as a JSON Web Key Set (RFC 7517 section 5). Has no keys before {@link #start} has completed. */
    public String publicKeys() {
        return current.jwkSet;
    }

    /** Returns whether this node has keys. */
    public boolean isLoaded() {
        return !current.keys.isEmpty();
    }

    /**
     * Reads the keys, after adding and removing those that are due. Errors: {@code UNAVAILABLE}; {@link LeaseLostException};
     * {@link IllegalStateException} if a row holds no key.
     */
    Mono<Void> refresh() {
        return read().filter(stored -> schedule.isDue(stored, clock.instant()))
                .flatMap(stored -> rotate().then(read()))
                .then();
    }

    /** Emits on a thread that may block, because the first use of a cryptographic provider reads files. */
    private Mono<List<StoredIdentityKey>> read() {
        return repository
                .findAll()
                .collectList()
                .publishOn(Schedulers.boundedElastic())
                .doOnNext(this::use);
    }

    /** Keeps the keys in memory if all rows have been deleted, until this or another node has added a new one. */
    private void use(List<StoredIdentityKey> stored) {
        if (!stored.isEmpty() && !stored.equals(current.stored)) {
            List<IdentityKey> keys = stored.stream().map(IdentityKey::of).toList();
            current = new Published(
                    stored,
                    keys,
                    jwkSet(keys.stream().map(IdentityKey::publicKey).toList()));
            log.info("Identity keys: {}", keys);
        }
        if (!stored.isEmpty()) {
            var unused = loaded.tryEmitEmpty();
        }
    }

    private static String jwkSet(List<JWK> publicKeys) {
        return new JWKSet(publicKeys).toString(true);
    }

    /** Completes at once if another node holds the lease. */
    private Mono<Void> rotate() {
        return Mono.defer(() -> leases.take(new Lease(LEASE, ids.get(), LEASE_TIME)))
                .flatMap(lease -> transactions
                        .execute(leases.renew(lease).then(change()))
                        .then(leases.setRemainingTime(lease, Duration.ZERO)));
    }

    private Mono<Void> change() {
        return databaseClock
                .now()
                .flatMap(now -> repository
                        .findAll()
                        .collectList()
                        .flatMap(stored -> addNext(stored, now).then(removeExpired(stored, now))));
    }

    private Mono<Void> addNext(List<StoredIdentityKey> stored, Instant now) {
        Instant signsFrom = schedule.findNext(stored, now);
        return signsFrom == null
                ? Mono.empty()
                : Mono.fromCallable(() -> IdentityKey.create(signsFrom))
                        .subscribeOn(Schedulers.boundedElastic())
                        .flatMap(key -> repository.add(key.toStored()));
    }

    private Mono<Void> removeExpired(List<StoredIdentityKey> stored, Instant now) {
        return Flux.fromIterable(schedule.findExpired(stored, now))
                .concatMap(key -> repository.remove(key.id()))
                .then();
    }

    private Mono<Void> refreshAndReport() {
        return refresh().doOnSuccess(nothing -> failing.set(false)).onErrorResume(this::reportOnce);
    }

    private Mono<Void> reportOnce(Throwable failure) {
        if (failure instanceof LeaseLostException) {
            log.debug("Another node changes the identity keys");
        } else if (failing.compareAndSet(false, true)) {
            log.warn(
                    "Cannot read or rotate the identity keys, will be retried: {}",
                    RootCause.describeWithStore(failure),
                    RootCause.isStoreFailure(failure) ? null : failure);
        }
        return Mono.empty();
    }

    /** Stops the background work. */
    @Override
    public void close() {
        running.dispose();
    }

    /** The keys in the order in which they sign, as they are stored and in use, and their public parts. */
    private record Published(List<StoredIdentityKey> stored, List<IdentityKey> keys, String jwkSet) {}
}
