package io.portcullis.core.identity;

import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Port: stores the keys that sign identities in MySQL. Every error is {@code UNAVAILABLE}. */
public interface IdentityKeyRepository {
    /** Emits all keys in the order in which they sign. */
    Flux<StoredIdentityKey> findAll();

    /** Adds a key in the surrounding transaction. */
    Mono<Void> add(StoredIdentityKey key);

    /** Removes the key with this id, if it exists, in the surrounding transaction. */
    Mono<Void> remove(String id);
}
