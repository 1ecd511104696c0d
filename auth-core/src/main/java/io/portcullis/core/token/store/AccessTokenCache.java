package io.portcullis.core.token.store;

import java.time.Duration;
import reactor.core.publisher.Mono;

/**
 * Port: the checked copy of access tokens, in Redis. Only single-key atomic commands. Every error is {@code UNAVAILABLE} and
 * means that the outcome is unknown: a command that timed out may still run later.
 */
public interface AccessTokenCache {

    /** {@code GET key}. Empty when the store has nothing under that digest. */
    Mono<AccessTokenEntry> find(String digest);

    /** {@code SET key identity NX PX ttl}: issue, or fill from MySQL. Never overwrites a tombstone. */
    Mono<Void> putIfAbsent(String digest, Identity identity, Duration ttl);

    /**
     * {@code PEXPIRE key remaining}: what is there goes then. For the grace window of a replaced access token. It does no harm
     * whenever it arrives, as the absence of an entry, also of a tombstone, is for MySQL to judge.
     */
    Mono<Void> expire(String digest, Duration remaining);

    /** {@code SET key tombstone PX remaining}, unconditional, also when the key is absent. */
    Mono<Void> revoke(String digest, RevocationReason reason, Duration remaining);
}
