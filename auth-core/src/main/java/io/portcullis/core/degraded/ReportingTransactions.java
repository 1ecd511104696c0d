package io.portcullis.core.degraded;

import io.portcullis.core.error.ErrorCode;
import io.portcullis.core.error.PortcullisException;
import io.portcullis.core.transaction.Transactions;
import reactor.core.publisher.Mono;

/** Reports to {@link WriteOutcomes} whether transactions were committed. A refusal, such as that of a wrong password, reports nothing. */
public record ReportingTransactions(Transactions transactions, WriteOutcomes outcomes) implements Transactions {
    private static final String MYSQL = "MySQL";

    @Override
    public <T> Mono<T> execute(Mono<T> work) {
        return transactions
                .execute(work)
                .doOnSuccess(done -> outcomes.succeeded())
                .doOnError(ReportingTransactions::failsInMySql, outcomes::failed);
    }

    /** A transaction also fails when Redis does not take a tombstone within it. */
    private static boolean failsInMySql(Throwable failure) {
        return failure instanceof PortcullisException store
                && store.code() == ErrorCode.UNAVAILABLE
                && MYSQL.equals(store.getMessage());
    }
}
