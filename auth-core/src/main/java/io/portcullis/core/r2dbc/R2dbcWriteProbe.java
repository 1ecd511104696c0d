package io.portcullis.core.r2dbc;

import io.portcullis.core.transaction.Transactions;
import org.springframework.r2dbc.core.DatabaseClient;
import reactor.core.publisher.Mono;

/**
 * Changes a row of the table {@code lease} in a transaction, to see whether MySQL takes writes: a server that is read-only or has a full
 * disk answers every read. Each write is a commit on disk, so it is made every few seconds, for the node's health;
 * {@code ReadOnlyServerProbe}, which is to leave a read-only server fast, writes nothing.
 */
public final class R2dbcWriteProbe {
    private static final int ROWS = 16;
    private static final String WRITE = "INSERT INTO lease (name, holder, expires_at)"
            + " VALUES (:name, '', UTC_TIMESTAMP(3)) ON DUPLICATE KEY UPDATE expires_at = UTC_TIMESTAMP(3)";

    private final DatabaseClient client;
    private final Transactions transactions;
    private final String name;

    /** @param node a number that differs between nodes, so that few of them share a row and wait for each other */
    public R2dbcWriteProbe(DatabaseClient client, Transactions transactions, int node) {
        this.client = client;
        this.transactions = transactions;
        this.name = "write-probe-" + Math.floorMod(node, ROWS);
    }

    /** Completes when the change is committed. {@code UNAVAILABLE} otherwise. */
    public Mono<Void> write() {
        return transactions
                .execute(client.sql(WRITE).bind("name", name).then().thenReturn(true))
                .onErrorMap(StoreFailures::translate)
                .then();
    }
}
