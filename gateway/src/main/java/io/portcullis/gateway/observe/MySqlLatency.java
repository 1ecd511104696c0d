package io.portcullis.gateway.observe;

/** Names the qualifier of the recorder of MySQL's transactions. */
public final class MySqlLatency {
    /** Qualifies the recorder that receives the durations of the transactions of logins, refreshes, ends and fills. */
    public static final String TRANSACTIONS = "transactionLatency";

    private MySqlLatency() {}
}
