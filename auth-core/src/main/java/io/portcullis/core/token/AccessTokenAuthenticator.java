package io.portcullis.core.token;

import io.portcullis.core.error.ErrorCode;
import io.portcullis.core.error.PortcullisException;
import java.time.Clock;
import java.time.Duration;
import reactor.core.publisher.Mono;

/**
 * Decides whether an access token passes, and who it stands for (design section 5, steps 3 to 5).
 *
 * <p>The text is verified first; only a genuine, unexpired token reaches a store. Redis answers if it can. Where it has
 * nothing, MySQL is asked once for all concurrent callers and Redis is filled; where it fails, MySQL answers alone. A
 * store's failure ends in {@code UNAVAILABLE}, never in a refusal of the token (invariant I6).
 *
 * <h2>A fill that races a logout</h2>
 *
 * <p>MySQL may have said "live" just before a logout committed. The fill is {@code NX}, so that it cannot overwrite the
 * logout's tombstone, and Redis is read again after it: only an identity found there is served without more ado, because the
 * tombstone is written before a logout is answered. A tombstone is obeyed. If the fill or the second read fails, or finds
 * nothing, Redis says nothing about what happened meanwhile; then MySQL is read a second time and decides. A caller that
 * shares such work had itself found no tombstone, so no logout had been answered when it asked.
 *
 * <p>While Redis fails, no tombstone protects a caller that shares a query which was sent before a logout committed; so there
 * a caller shares only a query that has not been sent yet.
 */
public final class AccessTokenAuthenticator {
    /** Frees the callers and the key of a query that never ends; the registry's own limits are shorter. */
    private static final Duration REGISTRY_DEADLINE = Duration.ofSeconds(5);

    private static final String MYSQL = "MySQL";

    private final TokenCodec codec;
    private final AccessTokenStore store;
    private final TokenRegistry registry;
    private final Clock clock;
    private final ConcurrencyLimit fallbacks;
    private final SingleFlight<Identity> fills = new SingleFlight<>();
    private final SingleFlight<Identity> reads = new SingleFlight<>();

    /**
     * @param maxConcurrentFallbacks how many tokens may be looked up in MySQL at a time; as many more wait, the rest is
     *     refused as {@code UNAVAILABLE}
     */
    public AccessTokenAuthenticator(
            TokenCodec codec, AccessTokenStore store, TokenRegistry registry, Clock clock, int maxConcurrentFallbacks) {
        this.codec = codec;
        this.store = store;
        this.registry = registry;
        this.clock = clock;
        this.fallbacks = new ConcurrencyLimit(MYSQL, maxConcurrentFallbacks, maxConcurrentFallbacks);
    }

    /**
     * Emits who the token stands for; never empty. Errors: {@code ACCESS_TOKEN_INVALID}, {@code ACCESS_TOKEN_EXPIRED}, that
     * of a {@link RevocationReason}, or {@code UNAVAILABLE} when neither store could tell.
     */
    public Mono<Identity> authenticate(String accessToken) {
        return Mono.defer(() -> {
            TokenVerification verification = codec.verify(TokenKind.ACCESS, accessToken);
            if (verification instanceof TokenVerification.Genuine genuine) {
                return check(genuine.token());
            }
            return refuse(
                    verification instanceof TokenVerification.Expired
                            ? ErrorCode.ACCESS_TOKEN_EXPIRED
                            : ErrorCode.ACCESS_TOKEN_INVALID);
        });
    }

    private Mono<Identity> check(Token token) {
        return lookUp(token).flatMap(lookup -> decide(token, lookup));
    }

    private Mono<StoreLookup> lookUp(Token token) {
        return Mono.defer(() -> store.find(token.digest()))
                .<StoreLookup>map(StoreLookup.Found::new)
                .defaultIfEmpty(StoreLookup.ABSENT)
                .onErrorReturn(Exception.class, StoreLookup.FAILED);
    }

    private Mono<Identity> decide(Token token, StoreLookup lookup) {
        if (lookup instanceof StoreLookup.Found found) {
            return obey(found.entry());
        }
        return lookup instanceof StoreLookup.Absent
                ? fills.join(token.digest(), fallbacks.run(fill(token)))
                : reads.joinUpcoming(token.digest(), fallbacks.run(read(token)));
    }

    private static Mono<Identity> obey(AccessTokenEntry entry) {
        if (entry instanceof AccessTokenEntry.Tombstone tombstone) {
            return refuse(tombstone.reason().errorCode());
        }
        return Mono.just(((AccessTokenEntry.Live) entry).identity());
    }

    private Mono<Identity> fill(Token token) {
        return read(token).flatMap(identity -> put(token, identity)).flatMap(lookup -> confirm(token, lookup));
    }

    /** Fills Redis and reads back what it holds now. */
    private Mono<StoreLookup> put(Token token, Identity identity) {
        Duration remaining = Duration.between(clock.instant(), token.expiresAt());
        if (remaining.isNegative() || remaining.isZero()) {
            return refuse(ErrorCode.ACCESS_TOKEN_EXPIRED);
        }
        return Mono.defer(() -> store.putIfAbsent(token.digest(), identity, remaining))
                .then(lookUp(token))
                .onErrorReturn(Exception.class, StoreLookup.FAILED);
    }

    private Mono<Identity> confirm(Token token, StoreLookup lookup) {
        return lookup instanceof StoreLookup.Found found ? obey(found.entry()) : read(token);
    }

    private Mono<Identity> read(Token token) {
        return Mono.defer(() -> registry.findIdentity(token.digest(), clock.instant()))
                .timeout(REGISTRY_DEADLINE)
                .onErrorMap(
                        failure -> !(failure instanceof PortcullisException),
                        failure -> PortcullisException.storeUnavailable(MYSQL, failure))
                .switchIfEmpty(refuse(ErrorCode.ACCESS_TOKEN_INVALID));
    }

    private static <T> Mono<T> refuse(ErrorCode code) {
        return Mono.error(() -> PortcullisException.of(code));
    }
}
