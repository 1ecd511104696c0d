package io.portcullis.core.keyring;

import io.portcullis.core.token.KeyId;
import io.portcullis.core.token.KeyRing;
import io.portcullis.core.token.store.AccessTokenCache;
import io.portcullis.core.token.store.AccessTokenEntry;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** The dropped keys that this node has found in Redis: what a node without MySQL knows of the drops of other nodes. */
final class KeyTombstones {
    private final AccessTokenCache cache;
    private final Set<KeyId> found = ConcurrentHashMap.newKeySet();

    /** @param cache an unguarded cache: a tombstone is true also while Redis is not trusted */
    KeyTombstones(AccessTokenCache cache) {
        this.cache = cache;
    }

    /** Returns the keys found so far. A dropped key stays dropped, so a key whose tombstone is gone remains. */
    Set<KeyId> found() {
        return found;
    }

    /** Emits whether a key of the ring is dropped that was not known to be. False if Redis cannot be read. Never fails. */
    Mono<Boolean> read(KeyRing ring) {
        return Flux.fromStream(Stream.concat(ring.verifying().stream(), ring.elsewhere().stream()))
                .filterWhen(this::isDropped)
                .collectList()
                .map(found::addAll);
    }

    private Mono<Boolean> isDropped(KeyId key) {
        return cache.find(KeyTombstone.digest(key))
                .map(entry -> entry instanceof AccessTokenEntry.Tombstone)
                .onErrorReturn(false);
    }
}
