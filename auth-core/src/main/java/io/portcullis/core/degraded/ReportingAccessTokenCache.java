package io.portcullis.core.degraded;

import io.portcullis.core.token.store.AccessTokenCache;
import io.portcullis.core.token.store.DelegatingAccessTokenCache;
import io.portcullis.core.token.store.RevocationReason;
import java.time.Duration;
import reactor.core.publisher.Mono;

/** Decorates a cache and reports the outcome of each tombstone write to {@link WriteOutcomes}. */
public record ReportingAccessTokenCache(AccessTokenCache delegate, WriteOutcomes outcomes)
        implements DelegatingAccessTokenCache {
    @Override
    public Mono<Void> revoke(String digest, RevocationReason reason, Duration remaining) {
        return delegate.revoke(digest, reason, remaining)
                .doOnSuccess(done -> outcomes.succeeded())
                .doOnError(outcomes::failed);
    }
}
