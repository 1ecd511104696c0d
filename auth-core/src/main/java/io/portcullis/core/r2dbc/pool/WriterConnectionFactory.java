package io.portcullis.core.r2dbc.pool;

import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.util.concurrent.GlobalEventExecutor;
import io.portcullis.core.r2dbc.ServerAddress;
import io.r2dbc.spi.Connection;
import io.r2dbc.spi.ConnectionFactory;
import io.r2dbc.spi.ConnectionFactoryMetadata;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Mono;

/**
 * Creates connections to the server that takes the writes, see {@link MySqlServers}. Fails at once while there is none.
 *
 * <p>When the node leaves a server, the pool does not reuse the connections to it. If the server does not respond, they are closed at once:
 * the transactions on them can only wait, and would take up the places of connections to the new server.
 */
final class WriterConnectionFactory implements ConnectionFactory {
    private final MySqlServers servers;
    private final Map<ServerAddress, ConnectionFactory> factories = new HashMap<>();
    private final Map<ServerAddress, ChannelGroup> channels = new HashMap<>();

    WriterConnectionFactory(MySqlServers servers, PoolSettings settings) {
        this.servers = servers;
        for (ServerAddress server : servers.url().servers()) {
            ChannelGroup group = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE);
            channels.put(server, group);
            factories.put(server, factory(server, settings, group));
        }
        servers.onLost(this::closeAll);
    }

    private ConnectionFactory factory(ServerAddress server, PoolSettings settings, ChannelGroup group) {
        var loops = new ResponseTimeoutLoopResources(settings.timeouts(), settings.maxIdleTime(), group);
        ConnectionFactory driver =
                MySqlConnectionPools.driver(servers.url().optionsOf(server), settings.timeouts(), loops);
        return new ReadCommittedConnectionFactory(
                driver, servers.changes(server), () -> !servers.isWriter(server), servers::areGalera);
    }

    private void closeAll(ServerAddress server) {
        var unused = Objects.requireNonNull(channels.get(server)).close();
    }

    @Override
    public Publisher<? extends Connection> create() {
        return connect();
    }

    private Mono<Connection> connect() {
        return Mono.defer(() -> {
            ServerAddress writer = servers.writer();
            return writer == null
                    ? Mono.error(new CannotConnectException("no MySQL server takes writes: " + servers.describe()))
                    : Mono.<Connection>from(Objects.requireNonNull(factories.get(writer))
                                    .create())
                            .flatMap(connection -> unlessLeft(writer, connection));
        });
    }

    /** Emits a connection to the new server if the node left the old one meanwhile: the pool does not test a new connection. */
    private Mono<Connection> unlessLeft(ServerAddress server, Connection connection) {
        return servers.isWriter(server)
                ? Mono.just(connection)
                : Mono.from(connection.close()).onErrorComplete().then(connect());
    }

    @Override
    public ConnectionFactoryMetadata getMetadata() {
        return factories.values().iterator().next().getMetadata();
    }
}
