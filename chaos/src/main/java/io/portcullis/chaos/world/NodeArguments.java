package io.portcullis.chaos.world;

import io.lettuce.core.RedisURI;
import io.portcullis.chaos.history.ObservedStream.Transport;
import io.portcullis.testbed.DatabaseServer;
import io.portcullis.testbed.SampleServices;
import io.portcullis.testbed.TcpProxy;
import java.util.ArrayList;
import java.util.List;

/** Creates the command line of a node. */
record NodeArguments(WorldOptions options, MySqlStore mysql, RedisStore redis, SampleServices services) {
    private static final String ROUTES = "--spring.cloud.gateway.server.webflux.routes";

    List<String> of(int node, List<TcpProxy> toMySql, TcpProxy toRedis) {
        DatabaseServer database = mysql.writer();
        List<String> arguments = new ArrayList<>(List.of(
                "--spring.r2dbc.url="
                        + mysql.r2dbcUrl(
                                node, toMySql.stream().map(TcpProxy::port).toList()),
                "--spring.r2dbc.username=" + database.applicationUsername(),
                "--spring.r2dbc.password=" + database.password(),
                "--portcullis.token.access-ttl=" + WorldOptions.ACCESS_TTL.toSeconds() + "s",
                "--portcullis.token.refresh-ttl=1h",
                "--portcullis.refresh.grace=" + WorldOptions.GRACE.toSeconds() + "s",
                "--portcullis.logout.when-redis-fails=" + options.whenRedisFails(),
                "--portcullis.stream.max-unchecked=" + WorldOptions.MAX_UNCHECKED.toSeconds() + "s",
                "--logging.pattern.console=%d{HH:mm:ss.SSS} %-5level %logger{0}: %msg%n"));
        String socket = services.uri().replaceFirst("^http", "ws");
        arguments.addAll(route(0, "echo", services.uri(), "/api/echo/**"));
        arguments.addAll(route(1, "events", services.uri(), World.path(Transport.EVENTS)));
        arguments.addAll(route(2, "filtered", services.uri(), World.path(Transport.FILTERED_EVENTS)));
        // The fast path has no filter of this name.
        arguments.add(ROUTES + "[2].filters[0]=SetPath=/api/ticks");
        arguments.addAll(route(3, "socket", socket, World.path(Transport.WEBSOCKET)));
        arguments.addAll(redis(toRedis));
        var sabotage = options.sabotage();
        if (sabotage != null) {
            arguments.add("--chaos.sabotage=" + sabotage.argument());
        }
        return arguments;
    }

    private static List<String> route(int number, String id, String uri, String path) {
        String route = ROUTES + "[" + number + "].";
        return List.of(route + "id=" + id, route + "uri=" + uri, route + "predicates[0]=Path=" + path);
    }

    private List<String> redis(TcpProxy proxy) {
        return switch (options.topology()) {
            case SINGLE -> List.of("--spring.data.redis.host=127.0.0.1", "--spring.data.redis.port=" + proxy.port());
            case SENTINEL -> {
                var group = ((RedisStore.Sentinel) redis).group();
                yield List.of(
                        "--spring.data.redis.sentinel.master=" + group.masterName(),
                        "--spring.data.redis.sentinel.nodes=" + String.join(",", group.nodes()));
            }
            case CLUSTER ->
                List.of("--spring.data.redis.cluster.nodes="
                        + String.join(
                                ",",
                                redis.masters().stream()
                                        .map(NodeArguments::address)
                                        .toList()));
        };
    }

    private static String address(RedisURI uri) {
        return uri.getHost() + ":" + uri.getPort();
    }
}
