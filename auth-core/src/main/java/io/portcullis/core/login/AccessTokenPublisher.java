package io.portcullis.core.login;

import io.portcullis.core.session.Session;
import io.portcullis.core.token.AccessTokenRecord;
import io.portcullis.core.token.AccessTokenStore;
import io.portcullis.core.token.Identity;
import io.portcullis.core.token.RevocationReason;
import io.portcullis.core.token.RevokedToken;
import io.portcullis.core.token.Token;
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

    private final AccessTokenStore store;

    AccessTokenPublisher(AccessTokenStore store) {
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

    /** Puts tombstones on superseded access tokens; always completes. */
    Mono<Void> supersede(List<AccessTokenRecord> superseded, Instant now) {
        return Flux.fromIterable(superseded)
                .flatMap(token -> store.revoke(
                        token.digest(), RevocationReason.SUPERSEDED, RevokedToken.remaining(token.expiresAt(), now)))
                .then()
                .onErrorResume(
                        e -> ignored("Redis did not take a tombstone; the ledger's replay will put it there", e));
    }

    private static Mono<Void> ignored(String consequence, Throwable error) {
        log.debug("{}: {}", consequence, error.toString());
        return Mono.empty();
    }
}
