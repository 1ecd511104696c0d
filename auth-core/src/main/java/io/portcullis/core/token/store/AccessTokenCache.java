package io.portcullis.core.token.store;

import java.time.Duration;
import reactor.core.publisher.Mono;

/**
 * Port: the copy of the access tokens in Redis against which requests are checked (docs/design.md section 4). Each operation is
 * one atomic command on a single key. Every error is {@code UNAVAILABLE} and, unless said otherwise, means that the outcome is unknown: a
 * command that timed out may still run later.
 */
public interface AccessTokenCache {

    /**
     * Reads the entry: {@code GET key}. Calls exactly one method of the listener, once. Never throws. Every proxied request is checked by
     * this method, so it takes a listener and creates no Reactor operators.
     */
    void find(String digest, CacheLookupListener listener);

    /**
     * Reads the entry as {@link #find(String, CacheLookupListener)} does. Emits a live entry or a tombstone; empty if the cache has no
     * entry for the digest.
     */
    default Mono<AccessTokenEntry> find(String digest) {
        return new CacheLookupMono(this, digest);
    }

    /**
     * Adds a live entry unless the key exists: {@code SET key identity NX PX ttl}. Serves the issue of a token and the fill from
     * MySQL. Never overwrites a tombstone. Completes empty in both cases.
     */
    Mono<Void> putIfAbsent(String digest, Identity identity, Duration ttl);

    /**
     * Shortens the lifetime of the entry to {@code remaining}: {@code PEXPIRE key remaining}. Serves the grace window of a
     * superseded access token. A late execution does no harm: if it removes an entry, even a tombstone, MySQL decides about the
     * token.
     */
    Mono<Void> expire(String digest, Duration remaining);

    /**
     * Writes a tombstone: {@code SET key tombstone PX remaining}. Unconditional: replaces any entry, and creates an absent one. An
     * error whose cause is a {@link WriteRefusedException} or an {@link UnsentCommandException} means that this call writes no
     * tombstone. After an {@link UnacknowledgedWriteException} the master has the tombstone. After any other error Redis may have it, or
     * get it later.
     */
    Mono<Void> revoke(String digest, RevocationReason reason, Duration remaining);
}
