package io.portcullis.chaos.world;

import io.lettuce.core.RedisURI;
import io.portcullis.testbed.DatabaseServer;
import io.portcullis.testbed.SampleServices;
import io.portcullis.testbed.TcpProxy;
import java.util.ArrayList;
import java.util.List;

/** Creates the command line of a node. */
record NodeArguments(WorldOptions options, DatabaseServer database, RedisStore redis, SampleServices services) {
    private static final String ROUTE = "--spring.cloud.gateway.server.webflux.routes[0].";

    List<String> of(TcpProxy mysql, TcpProxy toRedis) {
        List<String> arguments = new ArrayList<>(List.of(
                "--spring.r2dbc.url="
                        + database.r2dbcUrl().replace(":" + database.port() + "/", ":" + mysql.port() + "/"),
                "--spring.r2dbc.username=" + database.applicationUsername(),
                "--spring.r2dbc.password=" + database.password(),
                "--portcullis.token.access-ttl=" + WorldOptions.ACCESS_TTL.toSeconds() + "s",
                "--portcullis.token.refresh-ttl=1h",
                "--portcullis.refresh.grace=" + WorldOptions.GRACE.toSeconds() + "s",
                "--portcullis.logout.when-redis-fails=" + options.whenRedisFails(),
                ROUTE + "id=echo",
                ROUTE + "uri=" + services.uri(),
                ROUTE + "predicates[0]=Path=/api/echo/**",
                "--logging.pattern.console=%d{HH:mm:ss.SSS} %-5level %logger{0}: %msg%n"));
        arguments.addAll(redis(toRedis));
        var sabotage = options.sabotage();
        if (sabotage != null) {
            arguments.add("--chaos.sabotage=" + sabotage.argument());
        }
        return arguments;
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
