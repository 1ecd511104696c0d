package io.portcullis.core.redis;

import io.lettuce.core.api.StatefulRedisConnection;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * Asks a server whether it is a master ({@code ROLE}) before it is used. A sentinel that has not heard of a failover, or a name that
 * still leads to the old address, would otherwise lead to a replica, whose answers are late and whose writes are refused.
 */
final class MasterCheck {
    private MasterCheck() {}

    /** The connection; fails, and closes it, if the server is none. */
    static CompletionStage<StatefulRedisConnection<String, String>> require(
            StatefulRedisConnection<String, String> connection) {
        return connection
                .async()
                .role()
                .handle((role, failure) -> judge(connection, role, failure))
                .thenCompose(judged -> judged);
    }

    private static CompletableFuture<StatefulRedisConnection<String, String>> judge(
            StatefulRedisConnection<String, String> connection,
            @Nullable List<Object> role,
            @Nullable Throwable failure) {
        if (role != null && !role.isEmpty() && "master".equals(role.get(0))) {
            return CompletableFuture.completedFuture(connection);
        }
        var unused = connection.closeAsync();
        return CompletableFuture.failedFuture(
                failure != null
                        ? new IllegalStateException("Redis does not say its role; may the user call ROLE?", failure)
                        : new IllegalStateException("this Redis is no master"));
    }
}
