package io.portcullis.clients;

import io.portcullis.core.account.PasswordHasher;
import io.portcullis.core.sample.Sampler;
import io.portcullis.gateway.GatewayApplication;
import io.portcullis.testbed.DatabaseServer;
import io.portcullis.testbed.GatewayTimeLimits;
import io.portcullis.testbed.RedisServer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Primary;
import org.springframework.http.client.ReactorResourceFactory;

/** A MySQL server, a Redis server, and the gateway nodes that were started on them. */
final class Installation implements AutoCloseable {
    static final String ADMIN = "admin";
    static final String PASSWORD = "admin-test-pass";

    private final DatabaseServer database = DatabaseServer.start();
    private final RedisServer redis = RedisServer.start();
    private final Map<Integer, Node> nodes = new LinkedHashMap<>();

    private record Node(ConfigurableApplicationContext context, List<String> arguments) {}

    /** Gives each node event loops of its own, so that the stop of one node does not stop the event loops of the others. */
    @Configuration(proxyBeanMethods = false)
    static class OwnEventLoops {
        @Bean
        ReactorResourceFactory reactorResourceFactory() {
            ReactorResourceFactory factory = new ReactorResourceFactory();
            factory.setUseGlobalResources(false);
            return factory;
        }
    }

    /** Makes a hash of a password cost next to nothing. */
    static class CheapPasswords {
        @Bean(destroyMethod = "close")
        @Primary
        PasswordHasher cheapPasswordHasher() {
            return PasswordHasher.create(4);
        }
    }

    RedisServer redis() {
        return redis;
    }

    /**
     * Starts a node, whose administrator is {@link #ADMIN}.
     *
     * @param arguments further arguments of the gateway, such as {@code --portcullis.http.cookies=on}
     * @return the node's port
     */
    int startNode(String... arguments) {
        return startNode(0, List.of(arguments));
    }

    /** Stops a node, and starts it again on the same port with the same arguments. */
    void restartNode(int port) {
        Node node = Objects.requireNonNull(nodes.remove(port), "no such node");
        node.context().close();
        int unused = startNode(port, node.arguments());
    }

    private int startNode(int port, List<String> arguments) {
        List<String> all = new ArrayList<>(List.of(
                "--server.port=" + port,
                "--management.server.port=0",
                "--spring.r2dbc.url=" + database.r2dbcUrl(),
                "--spring.r2dbc.username=" + database.username(),
                "--spring.r2dbc.password=" + database.password(),
                "--spring.data.redis.host=" + redis.host(),
                "--spring.data.redis.port=" + redis.port(),
                "--portcullis.bootstrap-admin.username=" + ADMIN,
                "--portcullis.bootstrap-admin.password=" + PASSWORD));
        all.addAll(GatewayTimeLimits.ofBusyMachine());
        all.addAll(arguments);
        ConfigurableApplicationContext context = new SpringApplicationBuilder(
                        GatewayApplication.class, OwnEventLoops.class, CheapPasswords.class)
                .run(all.toArray(String[]::new));
        int actual = context.getEnvironment().getRequiredProperty("local.server.port", Integer.class);
        nodes.put(actual, new Node(context, arguments));
        return actual;
    }

    /** Makes each node write a sample, without a wait for its next minute. */
    void sample() {
        nodes.forEach((port, node) ->
                node.context().getBean(Sampler.class).sample("test:" + port).block(Duration.ofSeconds(30)));
    }

    @Override
    public void close() {
        nodes.values().forEach(node -> node.context().close());
        redis.close();
        database.close();
    }
}
