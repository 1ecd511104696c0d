package io.portcullis.core.recovery;

import io.portcullis.core.token.AccessTokenEntry;
import io.portcullis.core.token.AccessTokenStore;
import io.portcullis.core.token.Identity;
import io.portcullis.core.token.RevocationReason;
import java.time.Duration;
import reactor.core.publisher.Mono;

/** Reports to {@link WriteOutcomes} whether tombstones were written. */
public record ReportingAccessTokenStore(AccessTokenStore store, WriteOutcomes outcomes) implements AccessTokenStore {
    @Override
    public Mono<AccessTokenEntry> find(String digest) {
        return store.find(digest);
    }

    @Override
    public Mono<Void> putIfAbsent(String digest, Identity identity, Duration ttl) {
        return store.putIfAbsent(digest, identity, ttl);
    }

    @Override
    public Mono<Void> expire(String digest, Duration remaining) {
        return store.expire(digest, remaining);
    }

    @Override
    public Mono<Void> revoke(String digest, RevocationReason reason, Duration remaining) {
        return store.revoke(digest, reason, remaining)
                .doOnSuccess(done -> outcomes.succeeded())
                .doOnError(outcomes::failed);
    }
}
