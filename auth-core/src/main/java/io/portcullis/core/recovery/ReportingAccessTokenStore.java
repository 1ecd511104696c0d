package io.portcullis.core.recovery;

import io.portcullis.core.token.AccessTokenStore;
import io.portcullis.core.token.DelegatingAccessTokenStore;
import io.portcullis.core.token.RevocationReason;
import java.time.Duration;
import reactor.core.publisher.Mono;

/** Reports to {@link WriteOutcomes} whether tombstones were written. */
public record ReportingAccessTokenStore(AccessTokenStore store, WriteOutcomes outcomes)
        implements DelegatingAccessTokenStore {
    @Override
    public Mono<Void> revoke(String digest, RevocationReason reason, Duration remaining) {
        return store.revoke(digest, reason, remaining)
                .doOnSuccess(done -> outcomes.succeeded())
                .doOnError(outcomes::failed);
    }
}
