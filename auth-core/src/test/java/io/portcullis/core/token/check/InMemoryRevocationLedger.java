package io.portcullis.core.token.check;

import io.portcullis.core.token.store.LedgerBacklog;
import io.portcullis.core.token.store.RevocationLedger;
import io.portcullis.core.token.store.RevocationReason;
import io.portcullis.core.token.store.RevokedToken;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Implements only {@code findReason} of the ledger, from a map. */
final class InMemoryRevocationLedger implements RevocationLedger {
    final Map<String, RevocationReason> reasons = new HashMap<>();

    @Override
    public Mono<RevocationReason> findReason(String digest) {
        return Mono.justOrEmpty(reasons.get(digest));
    }

    @Override
    public Flux<RevokedToken> findUnapplied(Instant now, int limit) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Flux<RevokedToken> findRevokedWithin(Duration age, Instant now, int limit) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Flux<RevokedToken> findUnexpired(Instant now, @Nullable RevokedToken last, int limit) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Mono<LedgerBacklog> backlog(Instant now, int limit) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Mono<Void> markApplied(List<RevokedToken> entries, Instant at) {
        throw new UnsupportedOperationException();
    }
}
