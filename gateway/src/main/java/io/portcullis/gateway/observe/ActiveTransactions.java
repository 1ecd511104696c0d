package io.portcullis.gateway.observe;

/** Counts the transactions in progress, for the meter {@code portcullis.transactions.active}. */
@FunctionalInterface
public interface ActiveTransactions {
    int count();
}
