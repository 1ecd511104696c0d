package io.portcullis.core.degraded;

import io.portcullis.core.error.ErrorCode;
import io.portcullis.core.error.PortcullisException;
import io.portcullis.core.transaction.Transactions;
import reactor.core.publisher.Mono;

/**
 * Decorates transactions and reports each commit and each failure of MySQL to {@link WriteOutcomes}. A transaction that ends with
 * a refusal, for example of a wrong password, is not reported.
 */
public record ReportingTransactions(Transactions delegate, WriteOutcomes outcomes) implements Transactions {
    private static final String MYSQL = "MySQL";

    @Override
    public <T> Mono<T> execute(Mono<T> work) {
        return delegate.execute(work)
                .doOnSuccess(done -> outcomes.succeeded())
                .doOnError(ReportingTransactions::failsInMySql, outcomes::failed);
    }

    @Override
    public Mono<Void> afterCommit(Mono<Void> action) {
        return delegate.afterCommit(action);
    }

    /** Returns whether MySQL caused the failure. A transaction also fails if Redis does not take a tombstone inside it. */
    private static boolean failsInMySql(Throwable failure) {
        return failure instanceof PortcullisException store
                && store.code() == ErrorCode.UNAVAILABLE
                && MYSQL.equals(store.getMessage());
    }
}
