package io.portcullis.chaos.world;

import io.portcullis.chaos.history.ObservedStream.Transport;
import io.portcullis.testbed.DatabaseServer;
import io.portcullis.testbed.SampleServices;
import io.portcullis.testbed.TcpProxy;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * The environment of a run: real servers, sample services, and gateway nodes as separate processes, each with its own proxies
 * to the stores.
 */
public final class World implements AutoCloseable {
    public static final String ADMIN = "admin";
    public static final String PASSWORD = "chaos-demo-pass";

    private final MySqlStore mysql;
    private final RedisStore redis;
    private final SampleServices services;
    private final List<Node> nodes = new ArrayList<>();
    private final StoreInspector inspector;

    private World(WorldOptions options) {
        mysql = MySqlStore.start(options.mysql());
        redis = RedisStore.start(options.topology());
        services = SampleServices.start();
        inspector = new StoreInspector(mysql::writer, redis);
        for (int number = 0; number < options.nodes(); number++) {
            List<TcpProxy> toMySql = mysql.servers().stream()
                    .map(server -> TcpProxy.to("127.0.0.1", server.port()))
                    .toList();
            TcpProxy toRedis = TcpProxy.to("127.0.0.1", redis.masters().get(0).getPort());
            List<String> arguments = new NodeArguments(options, mysql, redis, services).of(number, toMySql, toRedis);
            nodes.add(new Node(new GatewayProcess(number, options.logs(), arguments), toMySql, toRedis));
        }
    }

    /** Starts everything, and waits until every node is ready for traffic. */
    public static World start(WorldOptions options) {
        World world = new World(options);
        try {
            world.nodes.parallelStream().forEach(node -> node.gateway().start());
            world.inspector.createAccounts();
            return world;
        } catch (RuntimeException e) {
            world.close();
            throw e;
        }
    }

    public List<Node> nodes() {
        return List.copyOf(nodes);
    }

    /** Returns the path of the route on which each node serves streams of this transport. */
    public static String path(Transport transport) {
        return switch (transport) {
            case EVENTS -> "/api/ticks";
            case FILTERED_EVENTS -> "/filtered/ticks";
            case WEBSOCKET -> "/api/ws/ticks";
        };
    }

    /** Returns a random node. */
    public Node anyNode(RandomGenerator random) {
        return nodes.get(random.nextInt(nodes.size()));
    }

    public MySqlStore mysql() {
        return mysql;
    }

    /** Leads the proxies of all nodes to the servers of MySQL that are at their positions now. */
    public void retargetMySql() {
        List<DatabaseServer> servers = mysql.servers();
        for (Node node : nodes) {
            for (int i = 0; i < servers.size(); i++) {
                node.mysql().get(i).retarget("127.0.0.1", servers.get(i).port());
            }
        }
    }

    public RedisStore redis() {
        return redis;
    }

    /** Returns direct access to the stores, bypassing all proxies. */
    public StoreInspector inspector() {
        return inspector;
    }

    @Override
    public void close() {
        nodes.forEach(Node::close);
        services.close();
        redis.close();
        mysql.close();
    }
}
