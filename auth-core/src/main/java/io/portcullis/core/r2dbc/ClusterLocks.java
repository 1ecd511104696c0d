package io.portcullis.core.r2dbc;

import org.jspecify.annotations.Nullable;
import org.springframework.r2dbc.core.DatabaseClient;
import reactor.core.publisher.Mono;

/**
 * Makes row locks hold between the nodes of a Galera cluster. A node sees no locks of the others: at the commit the cluster compares only
 * the rows that were written. So a transaction that locks a row which it does not write writes a row of {@code user_lock} in its place, and of
 * two such transactions at two nodes one fails with a deadlock (1213) and is run again. On other topologies this writes nothing.
 */
public final class ClusterLocks {
    private static final int MAX_LENGTH = 64;
    private static final ClusterLocks NONE = new ClusterLocks(null);

    private final @Nullable DatabaseClient client;

    private ClusterLocks(@Nullable DatabaseClient client) {
        this.client = client;
    }

    /** Returns locks that write nothing. */
    public static ClusterLocks none() {
        return NONE;
    }

    /** Returns locks that write rows. */
    public static ClusterLocks written(DatabaseClient client) {
        return new ClusterLocks(client);
    }

    /**
     * Locks a name in the surrounding transaction.
     *
     * @param name the id of the row that the caller locks next
     */
    Mono<Void> lock(String name) {
        // No row has a longer id, so there is nothing to lock.
        if (client == null || name.length() > MAX_LENGTH) {
            return Mono.empty();
        }
        return client.sql("INSERT INTO user_lock (user_id, uses, created_at) VALUES (:name, 0, UTC_TIMESTAMP(3))"
                        + " ON DUPLICATE KEY UPDATE uses = uses + 1")
                .bind("name", name)
                .then()
                .onErrorMap(StoreFailures::translate);
    }
}
