package io.portcullis.core.r2dbc;

import io.portcullis.core.degraded.ReportingTransactions;
import io.portcullis.core.degraded.WriteOutcomes;
import io.portcullis.core.transaction.Transactions;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Runs the contract of transactions through the decorator that reports their outcomes. */
class ReportingTransactionsIT extends TransactionsContract {
    @RegisterExtension
    static final TestStore store = new TestStore();

    private static final Transactions transactions =
            new ReportingTransactions(store.transactions, new WriteOutcomes("MySQL"));

    @Override
    TestStore store() {
        return store;
    }

    @Override
    Transactions transactions() {
        return transactions;
    }
}
