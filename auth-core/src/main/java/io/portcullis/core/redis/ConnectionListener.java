package io.portcullis.core.redis;

import io.lettuce.core.RedisChannelHandler;
import io.lettuce.core.RedisConnectionStateListener;
import io.lettuce.core.api.StatefulConnection;
import io.lettuce.core.codec.RedisCodec;
import java.net.SocketAddress;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Raises a disruption for each connection that is made, lost or re-made, including the connections to the nodes of a Cluster.
 *
 * <p>Lettuce calls the listener on the event loop of the connection, while a new channel becomes active. The disruption is
 * therefore counted before that event loop handles a reply on the channel, although another thread may already have sent a
 * command. Lettuce reports a lost connection before it starts to reconnect.
 */
final class ConnectionListener implements RedisConnectionStateListener {
    private final Disruptions disruptions;
    private final RedisCodec<?, ?> codec;
    private final Set<RedisChannelHandler<?, ?>> connected = ConcurrentHashMap.newKeySet();

    /**
     * @param codec the codec instance of the connections that carry the cache's commands. Connections with another codec, for the
     *     topology or to a sentinel, are ignored
     */
    ConnectionListener(Disruptions disruptions, RedisCodec<?, ?> codec) {
        this.disruptions = disruptions;
        this.codec = codec;
    }

    @Override
    public void onRedisConnected(RedisChannelHandler<?, ?> connection, SocketAddress address) {
        if (carriesCommands(connection)) {
            connected.add(connection);
            disruptions.raise("connected to Redis at " + address);
        }
    }

    @Override
    public void onRedisDisconnected(RedisChannelHandler<?, ?> connection) {
        // Lettuce also reports failed attempts to connect. They are no disruption.
        if (connected.remove(connection)) {
            disruptions.raise("a connection to Redis is lost");
        }
    }

    private boolean carriesCommands(RedisChannelHandler<?, ?> connection) {
        return connection instanceof StatefulConnection<?, ?> stateful && stateful.getCodec() == codec;
    }
}
