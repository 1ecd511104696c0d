package io.portcullis.core.token.check;

import io.portcullis.core.error.PortcullisException;
import io.portcullis.core.token.store.AccessTokenCache;
import io.portcullis.core.token.store.AccessTokenEntry;
import io.portcullis.core.token.store.CacheLookupListener;
import io.portcullis.core.token.store.Identity;
import io.portcullis.core.token.store.RevocationReason;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import reactor.core.publisher.Mono;

/** Implements the cache as a map that can be set to fail, for interleavings that a real server cannot force. */
final class InMemoryAccessTokenCache implements AccessTokenCache {
    final Map<String, AccessTokenEntry> entries = new HashMap<>();
    /** Delays each write of a tombstone until this Mono completes. */
    Mono<Void> tombstones = Mono.empty();

    boolean failing;
    int finds;

    @Override
    public void find(String digest, CacheLookupListener listener) {
        finds++;
        AccessTokenEntry entry = entries.get(digest);
        if (failing) {
            listener.failed(PortcullisException.storeUnavailable("Redis", null));
        } else if (entry == null) {
            listener.absent();
        } else {
            listener.found(entry);
        }
    }

    @Override
    public Mono<Void> putIfAbsent(String digest, Identity identity, Duration ttl) {
        return failing
                ? failure()
                : Mono.fromRunnable(() -> {
                    entries.putIfAbsent(digest, new AccessTokenEntry.Live(identity));
                    removeIfOver(digest, ttl);
                });
    }

    @Override
    public Mono<Void> expire(String digest, Duration remaining) {
        return Mono.fromRunnable(() -> removeIfOver(digest, remaining));
    }

    @Override
    public Mono<Void> revoke(String digest, RevocationReason reason, Duration remaining) {
        return tombstones.then(Mono.fromRunnable(() -> entries.put(digest, new AccessTokenEntry.Tombstone(reason))));
    }

    /** Removes the entry if it has no time left. Entries with time left stay for ever. */
    private void removeIfOver(String digest, Duration remaining) {
        if (remaining.isZero()) {
            entries.remove(digest);
        }
    }

    private static <T> Mono<T> failure() {
        return Mono.error(PortcullisException.storeUnavailable("Redis", null));
    }
}
