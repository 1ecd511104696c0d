package io.portcullis.core.degraded;

import io.portcullis.core.session.EndReason;
import io.portcullis.core.token.store.AccessTokenCache;
import io.portcullis.core.token.store.RevocationReason;
import io.portcullis.core.token.store.WriteRefusedException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Finds out whether Redis takes tombstones, by writing one for a token that does not exist. What it writes:
 *
 * <pre>
 * SET portcullis:at:probe-3 "1 T EXPIRED" PX 30000
 * </pre>
 *
 * <p>A read would not tell: a Redis that is out of memory, or a replica, answers reads. The keys are few and have different slots, so the
 * masters of a Cluster are asked in turn.
 */
final class TombstoneProbe {
    private static final String NAME = "probe-";
    private static final int KEYS = 8;
    private static final Duration TTL = Duration.ofSeconds(30);
    /** As many as a stall of this node or of Redis would have to outlast. */
    private static final int CONFIRMATIONS = 10;

    private final AccessTokenCache store;
    private final AtomicInteger next = new AtomicInteger();

    TombstoneProbe(AccessTokenCache store) {
        this.store = store;
    }

    /** Writes once. Errors as {@link AccessTokenCache#revoke}. */
    Mono<Void> write() {
        return Mono.defer(() -> write(nextKey()));
    }

    /**
     * Writes once, and several times at once if Redis does not answer that. Errors with the first failure if all of these fail too, or at
     * once if Redis refuses the write.
     */
    Mono<Void> confirmed() {
        return Mono.defer(() -> {
            String key = nextKey();
            return write(key)
                    .onErrorResume(
                            failure -> WriteRefusedException.in(failure).isEmpty(), failure -> again(key, failure));
        });
    }

    private Mono<Void> again(String key, Throwable failure) {
        return Flux.range(0, CONFIRMATIONS)
                .flatMap(i -> write(key).thenReturn(true).onErrorReturn(false), CONFIRMATIONS)
                .any(written -> written)
                .flatMap(written -> written ? Mono.empty() : Mono.error(failure));
    }

    private String nextKey() {
        return NAME + Math.floorMod(next.getAndIncrement(), KEYS);
    }

    private Mono<Void> write(String key) {
        return store.revoke(key, RevocationReason.of(EndReason.EXPIRED), TTL);
    }
}
