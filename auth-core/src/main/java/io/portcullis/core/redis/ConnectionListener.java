package io.portcullis.core.redis;

import io.lettuce.core.RedisChannelHandler;
import io.lettuce.core.RedisConnectionStateListener;
import io.lettuce.core.api.StatefulConnection;
import io.lettuce.core.codec.RedisCodec;
import java.net.SocketAddress;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Raises the count of disruptions for each connection that is made, lost or made anew, those to the nodes of a Cluster included.
 *
 * <p>Lettuce calls it on the event loop of the connection, while a new channel becomes active and hence before that loop handles
 * an answer over it. (Another thread may have sent a command by then.) A loss is told before Lettuce begins to reconnect.
 */
final class ConnectionListener implements RedisConnectionStateListener {
    private final Disruptions disruptions;
    private final RedisCodec<?, ?> codec;
    private final Set<RedisChannelHandler<?, ?>> connected = ConcurrentHashMap.newKeySet();

    /** @param codec which only the connections that carry the store's commands use, so that those that ask for the topology or are a
     *     sentinel's are told from them */
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
        // It is told of attempts that failed as well, which change nothing.
        if (connected.remove(connection)) {
            disruptions.raise("a connection to Redis is lost");
        }
    }

    private boolean carriesCommands(RedisChannelHandler<?, ?> connection) {
        return connection instanceof StatefulConnection<?, ?> stateful && stateful.getCodec() == codec;
    }
}
