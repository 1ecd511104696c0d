package io.portcullis.chaos.node;

import io.portcullis.core.token.store.LedgerBacklog;
import io.portcullis.core.token.store.RevocationLedger;
import io.portcullis.core.token.store.RevocationReason;
import io.portcullis.core.token.store.RevokedToken;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** A revocation ledger that returns no entries. */
record EmptyRevocationLedger(RevocationLedger delegate) implements RevocationLedger {
    @Override
    public Flux<RevokedToken> findUnapplied(Instant now, int limit) {
        return Flux.empty();
    }

    @Override
    public Flux<RevokedToken> findRevokedWithin(Duration age, Instant now, int limit) {
        return Flux.empty();
    }

    @Override
    public Flux<RevokedToken> findUnexpired(Instant now, @Nullable RevokedToken last, int limit) {
        return Flux.empty();
    }

    @Override
    public Mono<LedgerBacklog> backlog(Instant now, int limit) {
        return Mono.just(new LedgerBacklog(0, Duration.ZERO));
    }

    @Override
    public Mono<RevocationReason> findReason(String digest) {
        return Mono.empty();
    }

    @Override
    public Mono<Void> markApplied(List<RevokedToken> entries, Instant at) {
        return delegate.markApplied(entries, at);
    }
}
