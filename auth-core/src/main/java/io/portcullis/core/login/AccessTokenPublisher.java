package io.portcullis.core.login;

import io.portcullis.core.session.Session;
import io.portcullis.core.token.Token;
import io.portcullis.core.token.store.AccessTokenCache;
import io.portcullis.core.token.store.AccessTokenRecord;
import io.portcullis.core.token.store.Identity;
import io.portcullis.core.token.store.RevocationReason;
import io.portcullis.core.token.store.RevokedToken;
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

    AccessTokenPublisher(AccessTokenCache cache) {
        this.cache = cache;
    }

    /** Writes a new access token with its identity. Always completes. */
    Mono<Void> publish(Session session, Token access, Instant now) {
        var identity = new Identity(
                session.userId(),
                session.username(),
                session.userType(),
                session.tenantId(),
                session.roles(),
                session.id());
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
                .then()
                .onErrorResume(e -> ignored(
                        "Cannot shorten a replaced access token in Redis; the replay of the ledger will revoke it there",
                        e));
    }

    private Mono<Void> supersede(AccessTokenRecord token, Instant now) {
        Instant until = token.supersededAt();
        return until != null && until.isAfter(now)
                ? cache.expire(token.digest(), Duration.between(now, earlier(until, token.expiresAt())))
                : cache.revoke(
                        token.digest(), RevocationReason.SUPERSEDED, RevokedToken.remaining(token.expiresAt(), now));
    }

    private static Instant earlier(Instant a, Instant b) {
        return a.isBefore(b) ? a : b;
    }

    private static Mono<Void> ignored(String consequence, Throwable error) {
        log.debug("{}: {}", consequence, error.toString());
        return Mono.empty();
    }
}
