package io.portcullis.core.token.check;

import io.portcullis.core.transaction.Transactions;
import reactor.core.publisher.Mono;

/** Runs the work without a transaction. */
final class NoTransactions implements Transactions {
    @Override
    public <T> Mono<T> execute(Mono<T> work) {
        return work;
    }

    @Override
    public Mono<Void> afterCommit(Mono<Void> action) {
        return action;
    }
}
