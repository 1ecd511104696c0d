package io.portcullis.core.login;

import io.portcullis.core.session.Session;
import io.portcullis.core.termination.RedisFailurePolicy;
import io.portcullis.core.token.Token;
import io.portcullis.core.token.store.AccessTokenCache;
import io.portcullis.core.token.store.AccessTokenRecord;
import io.portcullis.core.token.store.Identity;
import io.portcullis.core.token.store.RevocationReason;
import io.portcullis.core.token.store.RevokedToken;
import io.portcullis.core.token.store.TokenGrant;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Writes the result of a committed login or refresh to Redis. A failure of Redis is not a failure of the request: a
 * missing access token is filled from MySQL on its first check, and the replay of the ledger writes a missing
 * tombstone. Failures are logged at debug level only, because the outage itself is logged where it is detected.
 */
final class AccessTokenPublisher {
    private static final Logger log = LoggerFactory.getLogger(AccessTokenPublisher.class);

    private final AccessTokenCache cache;
    private final RedisFailurePolicy redisFailurePolicy;

    AccessTokenPublisher(AccessTokenCache cache, RedisFailurePolicy redisFailurePolicy) {
        this.cache = cache;
        this.redisFailurePolicy = redisFailurePolicy;
    }

    /** Writes a new access token with its identity. Always completes. */
    Mono<Void> publish(Session session, Token access, Instant now) {
        var grant = new TokenGrant(session.client().clientId(), session.scopes(), now, access.expiresAt());
        var identity = Identity.of(session, grant);
        return cache.putIfAbsent(access.digest(), identity, Duration.between(now, access.expiresAt()))
                .onErrorResume(
                        e -> ignored("Cannot write a new access token to Redis; its first check will fill it", e));
    }

    /**
     * Shortens the TTL of replaced access tokens to their grace window, and writes a tombstone for each token without
     * a grace window. Always completes.
     */
    Mono<Void> supersede(List<AccessTokenRecord> superseded, Instant now) {
        return Flux.fromIterable(superseded)
                .flatMap(token -> supersede(token, now))
                .then();
    }

    private Mono<Void> supersede(AccessTokenRecord token, Instant now) {
        Instant until = token.supersededAt();
        return until != null && until.isAfter(now)
                ? shorten(token.digest(), Duration.between(now, earlier(until, token.expiresAt())))
                : revoke(token.digest(), RevokedToken.remaining(token.expiresAt(), now));
    }

    /** A failure leaves the trust in Redis as it is: the token still passes, and no replay can shorten its entry. */
    private Mono<Void> shorten(String digest, Duration grace) {
        return cache.expire(digest, grace)
                .onErrorResume(e -> ignored(
                        "Cannot shorten a replaced access token in Redis; the replay of the ledger will revoke it there",
                        e));
    }

    /** A failure ends the trust in Redis: the token no longer passes in MySQL, but may be alive in Redis. */
    private Mono<Void> revoke(String digest, Duration remaining) {
        return cache.revoke(digest, RevocationReason.SUPERSEDED, remaining)
                .doOnError(redisFailurePolicy::distrustAfter)
                .onErrorResume(e -> ignored(
                        "Cannot revoke a replaced access token in Redis; the replay of the ledger will revoke it there",
                        e));
    }

    private static Instant earlier(Instant a, Instant b) {
        return a.isBefore(b) ? a : b;
    }

    private static Mono<Void> ignored(String consequence, Throwable error) {
        log.debug("{}: {}", consequence, error.toString());
        return Mono.empty();
    }
}
