package io.portcullis.core.redis;

import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.SetArgs;
import io.lettuce.core.cluster.api.reactive.RedisClusterReactiveCommands;
import io.portcullis.core.token.store.UnacknowledgedWriteException;
import io.portcullis.core.token.store.UnsentCommandException;
import java.time.Duration;
import java.util.function.Function;
import java.util.function.LongSupplier;
import reactor.core.publisher.Mono;

/**
 * Writes a value and waits until a number of replicas have acknowledged it. A write sends two commands together on one
 * connection:
 *
 * <pre>
 * SET portcullis:at:3f1c... "1 T LOGOUT" PX 1799000
 * WAIT 1 100
 * </pre>
 *
 * <p>The connections are not shared, because {@code WAIT} delays every later command on its connection. With too few
 * acknowledgements the write fails with {@code UNAVAILABLE} although the master has the value: the outcome is unknown. A
 * disruption between the two commands has the same result, because {@code WAIT} on a new connection does not cover the write.
 */
public final class ReplicaAcknowledgement {
    private static final String MOVED = "MOVED ";

    private final int replicas;
    private final Duration timeout;
    private final Nodes nodes;
    private final LongSupplier disruptions;

    ReplicaAcknowledgement(int replicas, Duration timeout, Nodes nodes, LongSupplier disruptions) {
        this.replicas = replicas;
        this.timeout = timeout;
        this.nodes = nodes;
        this.disruptions = disruptions;
    }

    /**
     * Sets the key and completes when enough replicas have acknowledged it. Follows one {@code MOVED} redirection. Errors: those
     * of Redis, and {@code UNAVAILABLE} for too few acknowledgements.
     */
    Mono<Void> set(String key, String value, SetArgs arguments) {
        return node(nodes.byKey, key)
                .flatMap(node -> write(node, key, value, arguments))
                .onErrorResume(
                        ReplicaAcknowledgement::isMoved,
                        moved -> node(nodes.byAddress, targetOf(moved))
                                .flatMap(node -> write(node, key, value, arguments)));
    }

    private static <K> Mono<RedisClusterReactiveCommands<String, String>> node(
            Function<K, Mono<RedisClusterReactiveCommands<String, String>>> nodes, K by) {
        return nodes.apply(by).onErrorMap(UnsentCommandException::new);
    }

    private Mono<Void> write(
            RedisClusterReactiveCommands<String, String> node, String key, String value, SetArgs arguments) {
        return Mono.defer(() -> {
            long before = disruptions.getAsLong();
            // zip subscribes in this order, so the commands are sent in this order.
            return Mono.zip(
                            node.set(key, value, arguments),
                            acknowledgements(node),
                            (done, acknowledged) -> acknowledged)
                    .flatMap(acknowledged -> requireAcknowledged(acknowledged, before));
        });
    }

    /**
     * Sends {@code WAIT}. Its error is mapped to {@code UNAVAILABLE}: neither a missing permission for it nor a lost connection says
     * that the write was refused or not sent.
     */
    private Mono<Long> acknowledgements(RedisClusterReactiveCommands<String, String> node) {
        return node.waitForReplication(replicas, timeout.toMillis()).onErrorMap(RedisAccessTokenCache::unavailable);
    }

    private Mono<Void> requireAcknowledged(long acknowledged, long before) {
        if (disruptions.getAsLong() != before) {
            return Mono.error(RedisAccessTokenCache.unavailable(new IllegalStateException("disrupted before WAIT")));
        }
        return acknowledged >= replicas
                ? Mono.empty()
                : Mono.error(
                        RedisAccessTokenCache.unavailable(new UnacknowledgedWriteException(acknowledged, replicas)));
    }

    private static boolean isMoved(Throwable failure) {
        String message = failure.getMessage();
        return failure instanceof RedisCommandExecutionException && message != null && message.startsWith(MOVED);
    }

    /** Parses the address in a redirection such as {@code MOVED 3999 127.0.0.1:6381}. */
    private static RedisSettings.Node targetOf(Throwable moved) {
        String message = String.valueOf(moved.getMessage());
        return RedisSettings.Node.parse(message.substring(message.lastIndexOf(' ') + 1));
    }

    /** Finds the commands of a single server, by key or by address. */
    record Nodes(
            Function<String, Mono<RedisClusterReactiveCommands<String, String>>> byKey,
            Function<RedisSettings.Node, Mono<RedisClusterReactiveCommands<String, String>>> byAddress) {}
}
