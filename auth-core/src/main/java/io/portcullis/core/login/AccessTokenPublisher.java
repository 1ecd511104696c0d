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
 * Tells Redis what a commit in MySQL has decided. Redis being out is no failure here: an access token that is missing there is
 * filled from MySQL on its first check, and a tombstone that is missing is put there by the ledger's replay. That Redis is out is
 * logged where it is noticed, not at each login.
 */
final class AccessTokenPublisher {
    private static final Logger log = LoggerFactory.getLogger(AccessTokenPublisher.class);

    private final AccessTokenCache store;

    AccessTokenPublisher(AccessTokenCache store) {
        this.store = store;
    }

    /** Puts a new access token in place; always completes. */
    Mono<Void> publish(Session session, Token access, Instant now) {
        var identity = new Identity(
                session.userId(),
                session.username(),
                session.userType(),
                session.tenantId(),
                session.roles(),
                session.id());
        return store.putIfAbsent(access.digest(), identity, Duration.between(now, access.expiresAt()))
                .onErrorResume(e -> ignored("Redis did not take a new access token; its first check will fill it", e));
    }

    /**
     * Lets replaced access tokens live out their grace window in Redis, and puts tombstones on those that have none left; always
     * completes.
     */
    Mono<Void> supersede(List<AccessTokenRecord> superseded, Instant now) {
        return Flux.fromIterable(superseded)
                .flatMap(token -> supersede(token, now))
                .then()
                .onErrorResume(e -> ignored(
                        "Redis did not shorten a replaced access token; the ledger's replay will end it there", e));
    }

    private Mono<Void> supersede(AccessTokenRecord token, Instant now) {
        Instant until = token.supersededAt();
        return until != null && until.isAfter(now)
                ? store.expire(token.digest(), Duration.between(now, earlier(until, token.expiresAt())))
                : store.revoke(
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
