package io.portcullis.clients;

import io.portcullis.gateway.GatewayApplication;
import io.portcullis.testbed.DatabaseServer;
import io.portcullis.testbed.RedisServer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;

/** A MySQL server, a Redis server, and the gateway nodes that were started on them. */
final class Installation implements AutoCloseable {
    static final String ADMIN = "admin";
    static final String PASSWORD = "admin-test-pass";

    private final DatabaseServer database = DatabaseServer.start();
    private final RedisServer redis = RedisServer.start();
    private final List<ConfigurableApplicationContext> nodes = new ArrayList<>();

    /**
     * Starts a node, whose administrator is {@link #ADMIN}.
     *
     * @param arguments further arguments of the gateway, such as {@code --portcullis.http.cookies=on}
     * @return the node's port
     */
    int startNode(String... arguments) {
        List<String> all = new ArrayList<>(List.of(
                "--server.port=0",
                "--management.server.port=0",
                "--spring.r2dbc.url=" + database.r2dbcUrl(),
                "--spring.r2dbc.username=" + database.username(),
                "--spring.r2dbc.password=" + database.password(),
                "--spring.data.redis.host=" + redis.host(),
                "--spring.data.redis.port=" + redis.port(),
                "--portcullis.bootstrap-admin.username=" + ADMIN,
                "--portcullis.bootstrap-admin.password=" + PASSWORD));
        all.addAll(Arrays.asList(arguments));
        ConfigurableApplicationContext node =
                new SpringApplicationBuilder(GatewayApplication.class).run(all.toArray(String[]::new));
        nodes.add(node);
        return node.getEnvironment().getRequiredProperty("local.server.port", Integer.class);
    }

    @Override
    public void close() {
        nodes.forEach(ConfigurableApplicationContext::close);
        redis.close();
        database.close();
    }
}
