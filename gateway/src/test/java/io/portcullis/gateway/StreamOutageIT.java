package io.portcullis.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.portcullis.core.degraded.DegradedMode;
import io.portcullis.testbed.DatabaseServer;
import io.portcullis.testbed.RedisServer;
import io.portcullis.testbed.TcpProxy;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Tests the streams of ended sessions while the signal is lost, while one store fails, and while both fail. Each node has a proxy
 * of its own before each store.
 */
@Timeout(120)
class StreamOutageIT {
    private static final String PASSWORD = "some-demo-pass";
    private static final StreamingService service = new StreamingService();
    private static final DatabaseServer database = DatabaseServer.start();
    private static final RedisServer redis = RedisServer.start();
    /** On the fast path, and in the filter chain. */
    private static final List<Node> nodes = List.of(Node.start(true), Node.start(false));

    /** A node with the proxies before its stores. */
    private record Node(GatewayNode gateway, TcpProxy toRedis, TcpProxy toDatabase) implements AutoCloseable {
        static Node start(boolean fast) {
            TcpProxy toRedis = TcpProxy.to("127.0.0.1", redis.port());
            TcpProxy toDatabase = TcpProxy.to("127.0.0.1", database.port());
            List<String> arguments = new ArrayList<>(service.routes(0));
            arguments.addAll(List.of(
                    "--portcullis.fast-path.enabled=" + fast,
                    "--portcullis.logout.when-redis-fails=queue",
                    "--portcullis.stream.max-unchecked=3s",
                    "--spring.r2dbc.url=" + database.r2dbcUrl().replace(":" + database.port(), ":" + toDatabase.port()),
                    "--spring.r2dbc.username=" + database.username(),
                    "--spring.r2dbc.password=" + database.password(),
                    "--spring.data.redis.host=127.0.0.1",
                    "--spring.data.redis.port=" + toRedis.port()));
            return new Node(GatewayNode.start(arguments.toArray(String[]::new)), toRedis, toDatabase);
        }

        void heal() {
            toRedis.heal();
            toDatabase.heal();
        }

        void loseRedis() {
            toRedis.refuse();
            toRedis.cut();
        }

        void loseDatabase() {
            toDatabase.refuse();
            toDatabase.cut();
        }

        @Override
        public void close() {
            gateway.close();
            toRedis.close();
            toDatabase.close();
        }
    }

    @BeforeAll
    static void createUser() {
        nodes.get(0).gateway().createAccount("alice", PASSWORD, "user");
    }

    @AfterAll
    static void close() throws IOException {
        nodes.forEach(Node::close);
        redis.close();
        database.close();
        service.close();
    }

    @BeforeEach
    void awaitTrust() throws Exception {
        long end = System.nanoTime() + 30_000_000_000L;
        while (nodes.stream()
                .anyMatch(node -> node.gateway().bean(DegradedMode.class).active())) {
            assertThat(System.nanoTime()).as("Redis is trusted").isLessThan(end);
            Thread.sleep(50);
        }
    }

    @AfterEach
    void heal() throws Exception {
        redisCommand("ACL SETUSER default +publish");
        nodes.forEach(Node::heal);
    }

    private static void redisCommand(String command) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), redis.port())) {
            OutputStream output = socket.getOutputStream();
            output.write((command + "\r\n").getBytes(StandardCharsets.US_ASCII));
            assertThat(socket.getInputStream().read()).isEqualTo('+');
        }
    }

    private static String login(Node node) throws Exception {
        return node.gateway().login("alice", PASSWORD).get("accessToken").asString();
    }

    private static void logOut(Node node, String token) throws Exception {
        assertThat(node.gateway()
                        .call("POST", "/system/auth/logout", token, null)
                        .statusCode())
                .isEqualTo(200);
    }

    /** A kind of stream, the number of its node, and the number of the node that ends its session. */
    record Case(String path, int node, int ending) {}

    static Stream<Case> cases() {
        return Stream.of("/s/ws", "/s/events", "/s/chunked")
                .flatMap(path -> Stream.of(new Case(path, 0, 1), new Case(path, 1, 0), new Case(path, 0, 0)));
    }

    @ParameterizedTest
    @MethodSource("cases")
    void logoutWhenThePublishIsRefusedThenThePollEndsTheStream(Case it) throws Exception {
        String token = login(nodes.get(it.node()));
        redisCommand("ACL SETUSER default -publish");
        try (StreamClient stream = StreamClient.open(nodes.get(it.node()).gateway(), it.path(), token)) {
            logOut(nodes.get(it.ending()), token);

            stream.awaitEnd();
            assertThat(it.path().equals("/s/ws") ? stream.closeFrame() : "").isIn("", "1008 1002000020");
        }
    }

    @ParameterizedTest
    @MethodSource("cases")
    void logoutWhenNoNodeReachesRedisThenThePollEndsTheStream(Case it) throws Exception {
        String token = login(nodes.get(it.node()));
        try (StreamClient stream = StreamClient.open(nodes.get(it.node()).gateway(), it.path(), token)) {
            nodes.forEach(Node::loseRedis);
            logOut(nodes.get(it.ending()), token);

            stream.awaitEnd();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1})
    void logoutWhenTheNodeOfTheStreamHasNoDatabaseThenTheSignalEndsIt(int number) throws Exception {
        Node node = nodes.get(number);
        String token = login(node);
        try (StreamClient stream = StreamClient.open(node.gateway(), "/s/ws", token)) {
            node.loseDatabase();
            logOut(nodes.get(1 - number), token);

            stream.awaitEnd();
            assertThat(stream.closeFrame()).isEqualTo("1008 1002000020");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"/s/ws", "/s/events", "/s/chunked"})
    void streamWhenItsNodeReachesNeitherStoreThenIsClosedUnchecked(String path) throws Exception {
        for (Node node : nodes) {
            String token = login(node);
            try (StreamClient stream = StreamClient.open(node.gateway(), path, token)) {
                node.loseDatabase();
                node.loseRedis();

                stream.awaitEnd();
                assertThat(path.equals("/s/ws") ? stream.closeFrame() : "").isIn("", "1011 503");
            } finally {
                node.heal();
            }
            awaitTrust();
        }
    }

    /** The other node's stream, which is closed unchecked, shows that the time has passed. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void streamWhenItsNodeLosesOneStoreThenOutlivesTheLimit(boolean loseRedis) throws Exception {
        Node node = nodes.get(0);
        Node control = nodes.get(1);
        try (StreamClient kept = StreamClient.open(node.gateway(), "/s/ws", login(node));
                StreamClient closed = StreamClient.open(control.gateway(), "/s/ws", login(control))) {
            if (loseRedis) {
                node.loseRedis();
            } else {
                node.loseDatabase();
            }
            control.loseRedis();
            control.loseDatabase();

            closed.awaitEnd();
            kept.awaitMore();
            assertThat(closed.closeFrame()).isEqualTo("1011 503");
            assertThat(kept.hasEnded()).isFalse();
        }
    }

    @Test
    void logoutWhenTheNodeOfTheStreamReachesNeitherStoreThenTheStreamEndsWhenMySqlIsBack() throws Exception {
        Node node = nodes.get(0);
        String token = login(node);
        try (StreamClient stream = StreamClient.open(node.gateway(), "/s/events", token)) {
            node.loseRedis();
            node.loseDatabase();
            logOut(nodes.get(1), token);
            node.toDatabase().heal();

            stream.awaitEnd();
        }
    }
}
