package io.portcullis.core.redis;

import io.lettuce.core.api.StatefulRedisConnection;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * Verifies with {@code ROLE} that a server is a master before the connection is used. A sentinel that has not yet detected a
 * failover, or a stale DNS name, may lead to a replica. A replica returns stale data and refuses writes.
 */
final class MasterCheck {
    private MasterCheck() {}

    /** Completes with the connection. If the server is not a master, closes the connection and fails. Does not block. */
    static CompletionStage<StatefulRedisConnection<String, String>> require(
            StatefulRedisConnection<String, String> connection) {
        return connection
                .async()
                .role()
                .handle((role, failure) -> requireMasterRole(connection, role, failure))
                .thenCompose(checked -> checked);
    }

    private static CompletableFuture<StatefulRedisConnection<String, String>> requireMasterRole(
            StatefulRedisConnection<String, String> connection,
            @Nullable List<Object> role,
            @Nullable Throwable failure) {
        if (role != null && !role.isEmpty() && "master".equals(role.get(0))) {
            return CompletableFuture.completedFuture(connection);
        }
        var unused = connection.closeAsync();
        return CompletableFuture.failedFuture(
                failure != null
                        ? new IllegalStateException(
                                "role of Redis: unknown (expected: a user who may call ROLE)", failure)
                        : new IllegalStateException("role of Redis: not a master (expected: master)"));
    }
}
