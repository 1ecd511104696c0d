package io.portcullis.core.redis;

import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.SetArgs;
import io.lettuce.core.cluster.api.reactive.RedisClusterReactiveCommands;
import io.portcullis.core.error.PortcullisException;
import java.time.Duration;
import java.util.function.Function;
import java.util.function.LongSupplier;
import reactor.core.publisher.Mono;

/**
 * Writes that count only when so many replicas have them. What a write sends, on one connection and at once:
 *
 * <pre>
 * SET portcullis:at:3f1c... "1 T LOGOUT" PX 1799000
 * WAIT 1 100
 * </pre>
 *
 * <p>The connections are its own: {@code WAIT} holds up whatever comes after it on its connection. Fewer replicas than asked for end in
 * {@code UNAVAILABLE} although the master has the write: the outcome is unknown. So does a disruption in between, as {@code WAIT} on
 * a new connection would speak of no write at all.
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

    /** Completes when enough replicas have it; errors: those of Redis, and {@code UNAVAILABLE}. */
    Mono<Void> set(String key, String value, SetArgs arguments) {
        return nodes.byKey
                .apply(key)
                .flatMap(node -> write(node, key, value, arguments))
                .onErrorResume(
                        ReplicaAcknowledgement::moved,
                        moved -> nodes.byAddress
                                .apply(target(moved))
                                .flatMap(node -> write(node, key, value, arguments)));
    }

    private Mono<Void> write(
            RedisClusterReactiveCommands<String, String> node, String key, String value, SetArgs arguments) {
        return Mono.defer(() -> {
            long before = disruptions.getAsLong();
            // Subscribed to in this order, so sent in this order.
            return Mono.zip(
                            node.set(key, value, arguments),
                            acknowledgements(node),
                            (done, acknowledged) -> acknowledged)
                    .flatMap(acknowledged -> judge(acknowledged, before));
        });
    }

    /** A user who may not call {@code WAIT} is no reason to take the write itself for refused. */
    private Mono<Long> acknowledgements(RedisClusterReactiveCommands<String, String> node) {
        return node.waitForReplication(replicas, timeout.toMillis())
                .onErrorMap(RedisCommandExecutionException.class, RedisAccessTokenCache::unavailable);
    }

    private Mono<Void> judge(long acknowledged, long before) {
        return acknowledged >= replicas && disruptions.getAsLong() == before
                ? Mono.empty()
                : Mono.error(PortcullisException.storeUnavailable(
                        "Redis", new IllegalStateException(acknowledged + " of " + replicas + " replicas have it")));
    }

    private static boolean moved(Throwable failure) {
        String message = failure.getMessage();
        return failure instanceof RedisCommandExecutionException && message != null && message.startsWith(MOVED);
    }

    /** From {@code MOVED 3999 127.0.0.1:6381}. */
    private static RedisSettings.Node target(Throwable moved) {
        String message = String.valueOf(moved.getMessage());
        return RedisSettings.Node.parse(message.substring(message.lastIndexOf(' ') + 1));
    }

    /** The connections to single servers. */
    record Nodes(
            Function<String, Mono<RedisClusterReactiveCommands<String, String>>> byKey,
            Function<RedisSettings.Node, Mono<RedisClusterReactiveCommands<String, String>>> byAddress) {}
}
