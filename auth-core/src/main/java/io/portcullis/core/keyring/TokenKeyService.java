package io.portcullis.core.keyring;

import io.portcullis.core.audit.LoginLogEntry;
import io.portcullis.core.audit.LoginLogRepository;
import io.portcullis.core.audit.LoginLogResult;
import io.portcullis.core.audit.LoginLogType;
import io.portcullis.core.error.ErrorCode;
import io.portcullis.core.error.PortcullisException;
import io.portcullis.core.error.RootCause;
import io.portcullis.core.reactive.BackgroundWork;
import io.portcullis.core.termination.Actor;
import io.portcullis.core.token.KeyId;
import io.portcullis.core.token.KeyRing;
import io.portcullis.core.token.store.AccessTokenCache;
import io.portcullis.core.token.store.RevokedToken;
import io.portcullis.core.token.store.TokenRepository;
import io.portcullis.core.transaction.Transactions;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Rotates and drops the keys that sign tokens, for administrators, and shows them (docs/adr/0044). */
public final class TokenKeyService {
    private static final Logger log = LoggerFactory.getLogger(TokenKeyService.class);

    /** A change is known everywhere after a second or so. A node that stopped without saying so is waited for until it is not live. */
    private static final Duration MAX_WAIT = KeyNode.LIVE.plusSeconds(2);

    private static final Duration PAUSE = Duration.ofMillis(200);
    /** Fits into the columns of the nodes. */
    private static final int MAX_STORED = 100;

    private final TokenKeys keys;
    private final KeyRingRepository repository;
    private final KeyRingRepository administration;
    private final TokenRepository tokens;
    private final AccessTokenCache cache;
    private final Transactions transactions;
    private final LoginLogRepository loginLog;
    private final Duration maxLifetime;
    private final Supplier<String> ids;
    private final SecureRandom random;
    private final Clock clock;

    /**
     * Creates a service.
     *
     * @param administration reads what administrators see, over connections of its own
     * @param maxLifetime the longest life of a session: no token of a key that was replaced longer ago is valid
     */
    public TokenKeyService(
            TokenKeys keys,
            KeyRingRepository repository,
            KeyRingRepository administration,
            TokenRepository tokens,
            AccessTokenCache cache,
            Transactions transactions,
            LoginLogRepository loginLog,
            Duration maxLifetime,
            Supplier<String> ids,
            SecureRandom random,
            Clock clock) {
        this.keys = keys;
        this.repository = repository;
        this.administration = administration;
        this.tokens = tokens;
        this.cache = cache;
        this.transactions = transactions;
        this.loginLog = loginLog;
        this.maxLifetime = maxLifetime;
        this.ids = ids;
        this.random = random;
        this.clock = clock;
    }

    /** Emits all keys and nodes. Fails with {@code UNAVAILABLE} when MySQL failed. */
    public Mono<TokenKeyReport> report() {
        return report(administration.countSessions());
    }

    private Mono<TokenKeyReport> report(Mono<Map<Optional<KeyId>, Long>> sessions) {
        return Mono.zip(
                        administration.findKeys().collectList(),
                        administration.findNodes(OwnKeyNode.FORGET).collectList(),
                        sessions)
                .map(read -> TokenKeyReport.of(keys.firstKeyId(), read.getT1(), read.getT2(), read.getT3()));
    }

    /**
     * Makes a new key. Each node verifies it before any node signs with it. Emits its id when each node signs with it where stored keys sign, or after some
     * seconds, while nodes still lack it; it then signs as soon as they have it. While a key waits for this, no other is made, and a further call waits for the
     * same. Errors: {@code CONFLICT} if stored keys do not sign on this node, or it has no key to encrypt them with; {@code UNAVAILABLE} if
     * MySQL failed: the key may then have been made, and the call may be repeated.
     */
    public Mono<KeyId> rotate(Actor actor) {
        return Mono.defer(() -> {
            if (!keys.settings().storedSigns()) {
                return Mono.error(PortcullisException.of(
                        ErrorCode.CONFLICT,
                        "a configured key signs (expected: \"stored\" first in portcullis.token.keys)"));
            }
            if (!keys.box().canSeal()) {
                return Mono.error(PortcullisException.of(
                        ErrorCode.CONFLICT,
                        "no key encrypts the new key (expected: portcullis.token.encryption-keys)"));
            }
            byte[] secret = KeyRing.newSecret(random);
            KeyId id = KeyId.ofSecret(secret);
            LoginLogEntry entry = entry(LoginLogType.TOKEN_KEY_ROTATED, id, actor);
            return BackgroundWork.run(transactions
                    .execute(repository.lock().then(findPendingOrAdd(id, secret, entry)))
                    .flatMap(added -> await(report -> report.signs(added)).thenReturn(added)));
        });
    }

    private Mono<KeyId> findPendingOrAdd(KeyId id, byte[] secret, LoginLogEntry entry) {
        return repository
                .removeReplaced(maxLifetime.plus(RevokedToken.CLOCK_SKEW))
                .then(repository.findKeys().collectList())
                .flatMap(stored -> {
                    requireRoom(id, stored);
                    return stored.stream()
                            .filter(key -> key.state() == KeyState.PENDING)
                            .findFirst()
                            .map(pending -> Mono.just(pending.id()))
                            .orElseGet(() -> repository
                                    .insert(id, keys.box().seal(id, secret))
                                    .then(loginLog.append(entry))
                                    .thenReturn(id));
                });
    }

    private void requireRoom(KeyId id, List<StoredKey> stored) {
        if (stored.size() >= MAX_STORED) {
            throw PortcullisException.of(
                    ErrorCode.CONFLICT, stored.size() + " keys (expected: less than " + MAX_STORED + ")");
        }
        if (keys.knows(id) || stored.stream().anyMatch(key -> key.id().equals(id))) {
            throw PortcullisException.of(ErrorCode.CONFLICT, "the id of the new key is in use (expected: try again)");
        }
    }

    /**
     * Drops a key: its tokens are refused on each node, for ever, and their sessions end. Emits the keys when all nodes that run refuse it, or
     * after some seconds, while a node has not confirmed it. Errors: {@code NOT_FOUND} for a key that nobody knows; {@code CONFLICT} if a node
     * signs with it; {@code UNAVAILABLE} if MySQL failed: the key may then be dropped, and the call may be repeated.
     */
    public Mono<TokenKeyReport> drop(KeyId id, Actor actor) {
        return Mono.defer(() -> {
            LoginLogEntry entry = entry(LoginLogType.TOKEN_KEY_DROPPED, id, actor);
            Instant until = clock.instant().plus(maxLifetime);
            return BackgroundWork.run(report().filter(report -> report.has(id))
                    .switchIfEmpty(Mono.error(() -> PortcullisException.of(ErrorCode.NOT_FOUND)))
                    .then(transactions.execute(
                            repository.lock().then(requireNoSigner(id)).then(drop(id, entry, until))))
                    .then(revokeInRedis(id, until))
                    .then(await(report -> report.isRefusedByLiveNodes(id)))
                    .then(report()));
        });
    }

    private Mono<Void> requireNoSigner(KeyId id) {
        return repository
                .findNodes(KeyNode.LIVE)
                .any(node -> node.isLive() && id.equals(node.signer()))
                .flatMap(signs -> signs
                        ? Mono.error(PortcullisException.of(
                                ErrorCode.CONFLICT, "a node signs with this key (expected: rotate the keys first)"))
                        : Mono.empty());
    }

    private Mono<Void> drop(KeyId id, LoginLogEntry entry, Instant until) {
        return Mono.defer(() -> repository
                .findKeys()
                .any(key -> key.id().equals(id) && key.state() == KeyState.DROPPED)
                .flatMap(before -> before
                        ? Mono.empty()
                        : repository
                                .drop(id)
                                .then(tokens.revokeUnknown(KeyTombstone.digest(id), until, KeyTombstone.REASON))
                                .then(loginLog.append(entry))));
    }

    /** Drops the keys that the configuration calls compromised. Fails with {@code UNAVAILABLE} when MySQL failed. */
    public Mono<Void> dropCompromised() {
        return Flux.fromIterable(keys.settings().compromised())
                .concatMap(id -> {
                    LoginLogEntry entry = entry(LoginLogType.TOKEN_KEY_DROPPED, id, Actor.gateway());
                    Instant until = clock.instant().plus(maxLifetime);
                    return transactions
                            .execute(repository.lock().then(drop(id, entry, until)))
                            .then(revokeInRedis(id, until));
                })
                .then();
    }

    /** For nodes that do not reach MySQL. If Redis fails, the replay of the ledger does the same later. */
    private Mono<Void> revokeInRedis(KeyId id, Instant until) {
        return Mono.defer(() -> cache.revoke(
                        KeyTombstone.digest(id), KeyTombstone.REASON, RevokedToken.remaining(until, clock.instant())))
                .onErrorComplete(PortcullisException.class);
    }

    /** Emits the state at the end, without the numbers of sessions. */
    private Mono<TokenKeyReport> await(Predicate<TokenKeyReport> condition) {
        return Mono.defer(() -> keys.refresh().then(report(Mono.just(Map.of()))))
                .repeatWhen(runs -> runs.concatMap(run -> Mono.delay(PAUSE)))
                .takeUntil(condition)
                .take(MAX_WAIT)
                .last();
    }

    /** Warns of live sessions whose key no node has, as after the key was taken from the configuration too early. Never fails. */
    public Mono<Void> warnOfMissingKeys() {
        return report().doOnNext(report -> report.keys().stream()
                        .filter(key -> key.use() == TokenKeyReport.Use.MISSING)
                        .forEach(missing -> log.warn(
                                "{} live sessions have tokens of the key {}, which no node has: their access tokens will be refused until"
                                        + " they refresh. Add the key to portcullis.token.keys again",
                                missing.sessions(),
                                missing.id())))
                .then()
                .onErrorResume(PortcullisException.class, failure -> {
                    log.warn("Cannot count the live sessions by token key: {}", RootCause.describeWithStore(failure));
                    return Mono.empty();
                });
    }

    private LoginLogEntry entry(LoginLogType type, KeyId id, Actor actor) {
        return new LoginLogEntry(
                ids.get(),
                type,
                LoginLogResult.SUCCESS,
                null,
                "",
                null,
                actor.client().ip(),
                actor.client().userAgent(),
                clock.instant().truncatedTo(ChronoUnit.MILLIS),
                actor.userId(),
                "token key " + id);
    }
}
