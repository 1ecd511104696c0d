package io.portcullis.core.degraded;

import io.portcullis.core.error.RootCause;
import io.portcullis.core.session.EndReason;
import io.portcullis.core.token.store.AccessTokenCache;
import io.portcullis.core.token.store.RevocationReason;
import io.portcullis.core.token.store.WriteRefusedException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Tests whether Redis takes tombstones by writing one for a token that does not exist:
 *
 * <pre>
 * SET portcullis:at:probe-3 "1 T EXPIRED" PX 30000
 * </pre>
 *
 * <p>A read would not detect the fault: a Redis that is out of memory, or a replica, answers reads. The probe cycles through
 * eight keys of different slots, so it reaches the masters of a Cluster in turn.
 */
final class TombstoneProbe {
    private static final String NAME = "probe-";
    private static final int KEYS = 8;
    private static final Duration TTL = Duration.ofSeconds(30);
    /** The number of concurrent writes that must all fail before the failure counts. It filters out a short stall. */
    private static final int CONFIRMATIONS = 10;

    private final AccessTokenCache cache;
    private final AtomicInteger next = new AtomicInteger();

    TombstoneProbe(AccessTokenCache cache) {
        this.cache = cache;
    }

    /** Writes one tombstone. Errors as {@link AccessTokenCache#revoke}. */
    Mono<Void> write() {
        return Mono.defer(() -> write(nextKey()));
    }

    /**
     * Writes one tombstone. If that write fails without a refusal, writes {@value #CONFIRMATIONS} concurrent ones and completes
     * if any of them succeeds. Errors with the first failure if all fail, or immediately if Redis refuses the write.
     */
    Mono<Void> writeWithRetries() {
        return Mono.defer(() -> {
            String key = nextKey();
            return write(key)
                    .onErrorResume(
                            failure -> RootCause.find(failure, WriteRefusedException.class)
                                    .isEmpty(),
                            failure -> retry(key, failure));
        });
    }

    private Mono<Void> retry(String key, Throwable failure) {
        return Flux.range(0, CONFIRMATIONS)
                .flatMap(i -> write(key).thenReturn(true).onErrorReturn(false), CONFIRMATIONS)
                .any(written -> written)
                .flatMap(written -> written ? Mono.empty() : Mono.error(failure));
    }

    private String nextKey() {
        return NAME + Math.floorMod(next.getAndIncrement(), KEYS);
    }

    private Mono<Void> write(String key) {
        return cache.revoke(key, RevocationReason.of(EndReason.EXPIRED), TTL);
    }
}
