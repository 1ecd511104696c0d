package io.portcullis.core.keyring;

import io.portcullis.core.error.PortcullisException;
import io.portcullis.core.error.RootCause;
import io.portcullis.core.reactive.BackgroundWork;
import io.portcullis.core.reactive.Repetition;
import io.portcullis.core.resilience.ConcurrencyLimit;
import io.portcullis.core.token.KeyId;
import io.portcullis.core.token.KeyRing;
import io.portcullis.core.token.LiveKeyRing;
import io.portcullis.core.token.store.AccessTokenCache;
import io.portcullis.core.token.store.SigningKeyRepository;
import io.portcullis.core.transaction.Transactions;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/**
 * Keeps the key ring of this node the same as that of all nodes (docs/adr/0044). Every second the node reads the keys and what the other
 * nodes know of them, and writes what it knows itself. A pending key becomes active when each node that runs accepts its tokens. While
 * MySQL fails, the ring in memory remains in use, and dropped keys are read from Redis.
 */
public final class TokenKeys implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(TokenKeys.class);

    /** Shorter than {@link KeyNode#LIVE}: a node for which nobody waits any more knows that it may lack a key. */
    static final Duration CURRENT = Duration.ofSeconds(8);

    /** A century. */
    private static final Duration ALWAYS = Duration.ofDays(36_500);

    private static final Duration INTERVAL = Duration.ofSeconds(1);
    private static final Duration PAUSE_WHILE_CHANGING = Duration.ofMillis(200);
    private static final Duration MAX_REFRESH = Duration.ofSeconds(4);
    private static final String MYSQL = "MySQL";

    private final KeyRingRepository repository;
    private final SigningKeyRepository firstKey;
    private final KeyTombstones tombstones;
    private final Transactions transactions;
    private final KeySettings settings;
    private final SecretBox box;
    private final SecureRandom random;
    private final OwnKeyNode node;
    private final LiveKeyRing live;
    /** One at a time: a ring that was read earlier must not replace one that was read later. */
    private final ConcurrencyLimit turns = new ConcurrencyLimit(MYSQL, 1, 100, () -> {});

    private final AtomicBoolean failing = new AtomicBoolean();
    private final Disposable.Composite running = Disposables.composite();

    private volatile boolean changing;
    private volatile @Nullable StoredState stored;

    /**
     * Creates a ring without keys, which {@link #load} fills.
     *
     * @param firstKey the key that the first node makes, which is not encrypted
     * @param cache an unguarded cache, from which dropped keys are read as well: a tombstone of a key is true also while Redis is not
     *     trusted, and a node without requests must not count failures of Redis
     * @param id a new id for this start of the node
     */
    public TokenKeys(
            KeyRingRepository repository,
            SigningKeyRepository firstKey,
            AccessTokenCache cache,
            Transactions transactions,
            KeySettings settings,
            SecureRandom random,
            String id) {
        this.repository = repository;
        this.firstKey = firstKey;
        this.tombstones = new KeyTombstones(cache);
        this.transactions = transactions;
        this.settings = settings;
        this.live = LiveKeyRing.of(
                KeyRing.of(List.of(), Set.of(), Set.of()), settings.mayGrow() ? CURRENT : ALWAYS, System::nanoTime);
        this.box = new SecretBox(settings.encryptionKeys(), random);
        this.random = random;
        this.node = new OwnKeyNode(repository, id);
    }

    /** Returns the ring of this node. */
    public LiveKeyRing ring() {
        return live;
    }

    /**
     * Reads the keys, and completes when each other node that runs accepts the tokens that this node will sign. Makes the first key if the
     * node needs a stored one. Errors: {@code UNAVAILABLE}; {@link IllegalArgumentException} if no key signs.
     */
    public Mono<Void> load() {
        // The row comes first: whoever activates a key after this node has read the keys sees the row, and waits for
        // this node.
        return transactions
                .execute(repository.removeNodes(OwnKeyNode.FORGET).then(Mono.defer(() -> node.save(live.ring()))))
                .then(refresh())
                .then(Mono.fromRunnable(this::requireSigner))
                .then(Mono.defer(() -> node.awaitOthers(live.ring().signerId().orElseThrow())))
                .doOnSuccess(nothing -> log.info("Token keys: {}", describe()))
                .doOnSuccess(nothing -> follow());
    }

    private void requireSigner() {
        if (live.ring().signerId().isEmpty()) {
            throw new IllegalArgumentException(
                    "portcullis.token.keys: each key of this node is dropped (expected: a new key, as"
                            + " `openssl rand -base64 32` prints, first in the list)");
        }
    }

    private void follow() {
        Mono<Void> fromMySql = Mono.defer(() -> refresh().doOnSuccess(nothing -> failing.set(false)))
                .onErrorResume(this::reportOnce);
        running.add(BackgroundWork.start(
                "Token keys",
                fromMySql.then(Mono.defer(() -> Mono.delay(pause()))).repeat().then()));
        running.add(BackgroundWork.start("Dropped token keys", Repetition.every(INTERVAL, readDroppedFromRedis())));
    }

    /** A node that is about to follow a change reads more often, so that a rotation takes about a second. */
    private Duration pause() {
        return changing ? PAUSE_WHILE_CHANGING : Repetition.jittered(INTERVAL);
    }

    /**
     * Begins to end the sessions of dropped keys in the background. May be called once, when the node serves.
     *
     * @param nodeName the name of this node, at most 64 ASCII characters
     * @param endSessions ends the sessions of dropped keys; called every second
     */
    public void start(String nodeName, Function<Set<KeyId>, Mono<Void>> endSessions) {
        node.rename(nodeName);
        running.add(BackgroundWork.start(
                "Sessions of dropped token keys",
                Repetition.every(
                        INTERVAL, Mono.defer(() -> endSessions.apply(live.ring().dropped())))));
    }

    /** Reads the keys and the nodes, uses them, and writes what this node knows. Errors: {@code UNAVAILABLE}. */
    Mono<Void> refresh() {
        return BackgroundWork.run(Mono.defer(() -> turns.run(refreshOnce(), turn -> turn.timeout(MAX_REFRESH))))
                .onErrorMap(TimeoutException.class, late -> PortcullisException.storeUnavailable(MYSQL, late));
    }

    private Mono<Void> refreshOnce() {
        return Mono.defer(() -> {
            long begin = System.nanoTime();
            return read().publishOn(Schedulers.boundedElastic())
                    .doOnNext(this::use)
                    .flatMap(state ->
                            transactions.execute(node.save(live.ring())).thenReturn(state))
                    .doOnNext(state -> live.confirm(begin))
                    .flatMap(state -> Flux.fromIterable(state.pending())
                            .concatMap(pending -> activateIfKnown(state, pending))
                            .then());
        });
    }

    private Mono<StoredState> read() {
        return Mono.zip(
                        repository.findKeys().collectList(),
                        repository.findNodes(OwnKeyNode.FORGET).collectList())
                .flatMap(read -> readFirst(read.getT1())
                        .map(Optional::of)
                        .defaultIfEmpty(Optional.empty())
                        .map(first -> new StoredState(read.getT1(), first, read.getT2())));
    }

    /** Emits the key that the first node made; makes it if this node needs a stored key and there is none. */
    private Mono<byte[]> readFirst(List<StoredKey> keys) {
        StoredState before = stored;
        if (before != null) {
            return Mono.justOrEmpty(before.first());
        }
        boolean needed = settings.needsStored() && keys.stream().noneMatch(key -> key.state() == KeyState.ACTIVE);
        return needed ? firstKey.getOrCreate(KeyRing.newSecret(random)) : firstKey.find();
    }

    private synchronized void use(StoredState state) {
        StoredState before = stored;
        boolean changed = before != null && !state.keys().equals(before.keys());
        changing = changed || !state.pending().isEmpty();
        if (changed) {
            log.info("Token keys changed: {}", state.keys());
        }
        stored = state;
        Set<KeyId> dropped = new HashSet<>(tombstones.found());
        dropped.addAll(state.dropped());
        dropped.addAll(settings.compromised());
        KeyRing next = KeyRing.of(settings.order(state.secrets(box)), dropped, state.verifiedBesides(node.id()));
        if (live.ring().signerId().isPresent() && next.signerId().isEmpty()) {
            log.error(
                    "Each token key of this node is dropped: it opens and refreshes no sessions until it gets a new key");
        }
        if (!state.keys().isEmpty() || !next.elsewhere().isEmpty()) {
            // Other nodes make keys, whatever is configured here.
            live.limitTo(CURRENT);
        }
        if (!next.hasSameKeys(live.ring())) {
            live.use(next);
        }
    }

    private synchronized void useAgain() {
        StoredState state = stored;
        if (state != null) {
            use(state);
        }
    }

    private Mono<Void> activateIfKnown(StoredState state, KeyId pending) {
        return isKnown(state.nodes(), pending)
                ? transactions.execute(repository
                        .lock()
                        .then(repository.findNodes(KeyNode.LIVE).collectList())
                        .filter(nodes -> isKnown(nodes, pending))
                        .flatMap(nodes -> repository.activate(pending)))
                : Mono.empty();
    }

    /** Returns whether all nodes accept the key. This node has written its row after it read the key, but may have read the row before. */
    private boolean isKnown(List<KeyNode> nodes, KeyId key) {
        return live.ring().verifying().contains(key) && node.othersAccept(nodes, key);
    }

    private Mono<Void> readDroppedFromRedis() {
        return Mono.defer(() -> tombstones.read(live.ring()))
                .filter(dropped -> dropped)
                .publishOn(Schedulers.boundedElastic())
                .doOnNext(dropped -> useAgain())
                .then();
    }

    /** Returns whether a node has the key, or all refuse it. */
    boolean knows(KeyId key) {
        KeyRing ring = live.ring();
        return ring.verifying().contains(key)
                || ring.elsewhere().contains(key)
                || ring.dropped().contains(key);
    }

    private Mono<Void> reportOnce(Throwable failure) {
        if (failing.compareAndSet(false, true)) {
            log.warn(
                    "Cannot follow the changes of the token keys, will be retried: {}",
                    RootCause.describeWithStore(failure),
                    RootCause.isStoreFailure(failure) ? null : failure);
        }
        return Mono.empty();
    }

    /** Returns the settings of this node. */
    KeySettings settings() {
        return settings;
    }

    /** Returns what encrypts stored secrets. */
    SecretBox box() {
        return box;
    }

    /** Returns the key that the first node made; empty if there is none. */
    Optional<KeyId> firstKeyId() {
        StoredState state = stored;
        return state == null ? Optional.empty() : state.first().map(KeyId::ofSecret);
    }

    private String describe() {
        KeyRing ring = live.ring();
        return "signs " + ring.signerId().map(KeyId::toString).orElse("none") + ", verifies " + ring.verifying()
                + (ring.dropped().isEmpty() ? "" : ", refuses " + ring.dropped());
    }

    /** Ends the background work, and says so in the row of this node, so that no other node waits for it. Never fails. */
    public Mono<Void> stop() {
        return Mono.defer(() -> {
            close();
            // In its turn: a refresh that is under way would write the row of a running node behind it.
            return turns.run(transactions.execute(node.stop()), turn -> turn.timeout(MAX_REFRESH))
                    .onErrorComplete();
        });
    }

    @Override
    public void close() {
        running.dispose();
    }
}
