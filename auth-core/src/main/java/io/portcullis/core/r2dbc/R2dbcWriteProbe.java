package io.portcullis.core.r2dbc;

import io.portcullis.core.transaction.Transactions;
import org.springframework.r2dbc.core.DatabaseClient;
import reactor.core.publisher.Mono;

/**
 * Tests whether MySQL takes writes, by updating a row of the table {@code lease} in a transaction. A read would not detect the
 * fault, because a server that is read-only or has a full disk answers reads. Each write costs a commit on disk, so the health
 * check uses this probe only every few seconds. {@code ReadOnlyServerProbe} detects a read-only server faster, without a write.
 */
public final class R2dbcWriteProbe {
    private static final int ROWS = 16;
    private static final String WRITE = "INSERT INTO lease (name, holder, expires_at)"
            + " VALUES (:name, '', UTC_TIMESTAMP(3)) ON DUPLICATE KEY UPDATE expires_at = UTC_TIMESTAMP(3)";

    private final DatabaseClient client;
    private final Transactions transactions;
    private final String name;

    /** @param node a number that differs between nodes; it selects one of 16 rows, so that few nodes contend for the same row */
    public R2dbcWriteProbe(DatabaseClient client, Transactions transactions, int node) {
        this.client = client;
        this.transactions = transactions;
        this.name = "write-probe-" + Math.floorMod(node, ROWS);
    }

    /** Completes empty when the update is committed; errors with {@code UNAVAILABLE} otherwise. */
    public Mono<Void> write() {
        return transactions
                .execute(client.sql(WRITE).bind("name", name).then().thenReturn(true))
                .onErrorMap(StoreFailures::translate)
                .then();
    }
}
