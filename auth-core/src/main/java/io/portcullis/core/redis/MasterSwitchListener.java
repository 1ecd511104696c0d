package io.portcullis.core.redis;

import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.api.StatefulConnection;
import io.lettuce.core.codec.StringCodec;
import io.lettuce.core.pubsub.RedisPubSubAdapter;
import io.lettuce.core.pubsub.StatefulRedisPubSubConnection;
import io.netty.util.concurrent.EventExecutorGroup;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Subscribes to {@code +switch-master} on every sentinel (ADR 0007). If the old master is cut off from the sentinels but not from
 * this node, Lettuce keeps using it after the failover.
 *
 * <p>After each connection to a sentinel, the listener also queries the current master, because it may have missed the message.
 */
final class MasterSwitchListener {
    private static final String SWITCH = "+switch-master";
    private static final int NEW_HOST = 3;
    private static final int FIELDS = 5;

    private final RedisClient client;
    private final String master;
    private final Consumer<String> onSwitch;
    private final AtomicReference<@Nullable String> currentMaster = new AtomicReference<>();
    private final List<ReconnectingConnection<StatefulRedisPubSubConnection<String, String>>> links;

    /** @param onSwitch receives the address of the master: the first one, and each one that differs from the one before */
    MasterSwitchListener(
            RedisClient client,
            String master,
            List<RedisURI> sentinels,
            EventExecutorGroup executor,
            Consumer<String> onSwitch) {
        this.client = client;
        this.master = master;
        this.onSwitch = onSwitch;
        this.links = sentinels.stream()
                .map(uri -> new ReconnectingConnection<>(() -> subscribe(uri), executor, true))
                .toList();
    }

    void open() {
        links.forEach(ReconnectingConnection::open);
    }

    void close() {
        links.forEach(ReconnectingConnection::close);
    }

    private CompletionStage<StatefulRedisPubSubConnection<String, String>> subscribe(RedisURI sentinel) {
        return client.connectPubSubAsync(StringCodec.UTF8, sentinel)
                .thenCompose(connection -> subscribe(connection, sentinel));
    }

    private CompletionStage<StatefulRedisPubSubConnection<String, String>> subscribe(
            StatefulRedisPubSubConnection<String, String> connection, RedisURI sentinel) {
        connection.addListener(listener());
        return connection
                .async()
                .subscribe(SWITCH)
                .thenCompose(subscribed -> queryMaster(sentinel))
                .whenComplete((queried, failure) -> {
                    if (failure != null) {
                        close(connection);
                    }
                })
                .thenApply(queried -> connection);
    }

    private RedisPubSubAdapter<String, String> listener() {
        return new RedisPubSubAdapter<>() {
            @Override
            public void message(String channel, String message) {
                String[] fields = message.split(" ", -1);
                if (fields.length == FIELDS && fields[0].equals(master)) {
                    updateMaster(fields[NEW_HOST] + ":" + fields[NEW_HOST + 1]);
                }
            }
        };
    }

    /** Queries the master over a separate connection: in RESP2, a connection with a subscription accepts no other commands. */
    private CompletionStage<Void> queryMaster(RedisURI sentinel) {
        return client.connectSentinelAsync(StringCodec.UTF8, sentinel)
                .thenCompose(connection -> connection
                        .async()
                        .getMasterAddrByName(master)
                        .whenComplete((address, failure) -> close(connection)))
                .thenAccept(this::updateMaster);
    }

    private static void close(StatefulConnection<?, ?> connection) {
        var unused = connection.closeAsync();
    }

    private void updateMaster(@Nullable SocketAddress address) {
        if (address instanceof InetSocketAddress inet) {
            updateMaster(inet.getHostString() + ":" + inet.getPort());
        }
    }

    private void updateMaster(String address) {
        if (!address.equals(currentMaster.getAndSet(address))) {
            onSwitch.accept(address);
        }
    }
}
