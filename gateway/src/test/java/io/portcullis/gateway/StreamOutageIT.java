package io.portcullis.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.portcullis.testbed.DatabaseServer;
import io.portcullis.testbed.RedisServer;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Tests the streams of ended sessions while the signal is lost, while one store fails, and while both fail. Each node has a proxy
 * of its own before each store.
 */
@Timeout(180)
@Tag("database-independent")
class StreamOutageIT {
    private static final String PASSWORD = "some-demo-pass";
    private static final int ROUNDS = Integer.getInteger("stream.rounds", 20);
    private static final int MAX_DELAY_MILLIS = 25;
    private static final List<String> PATHS = List.of("/s/ws", "/s/events", "/s/chunked");
    private static final StreamingService service = new StreamingService();
    private static final DatabaseServer database = DatabaseServer.start();
    private static final RedisServer redis = RedisServer.start();
    /** On the fast path, and in the filter chain. */
    private static final List<ProxiedNode> nodes = List.of(start(true), start(false));

    private static ProxiedNode start(boolean fast) {
        List<String> arguments = new ArrayList<>(service.routes(0));
        arguments.addAll(List.of(
                "--portcullis.fast-path.enabled=" + fast,
                "--portcullis.logout.when-redis-fails=queue",
                "--portcullis.stream.max-unchecked=3s"));
        return ProxiedNode.start(database, redis, arguments);
    }

    @BeforeAll
    static void createUser() {
        nodes.get(0).gateway().createAccount("alice", PASSWORD, "user");
    }

    @AfterAll
    static void close() throws IOException {
        nodes.forEach(ProxiedNode::close);
        redis.close();
        database.close();
        service.close();
    }

    @BeforeEach
    void awaitTrust() {
        for (ProxiedNode node : nodes) {
            node.gateway().awaitTrust();
        }
    }

    @AfterEach
    void heal() throws Exception {
        ProxiedNode.command(redis, "ACL SETUSER default +publish");
        nodes.forEach(ProxiedNode::heal);
    }

    private static String login(ProxiedNode node) throws Exception {
        return node.gateway().login("alice", PASSWORD).get("accessToken").asString();
    }

    private static void logOut(ProxiedNode node, String token) throws Exception {
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
        ProxiedNode.command(redis, "ACL SETUSER default -publish");
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
            nodes.forEach(ProxiedNode::loseRedis);
            logOut(nodes.get(it.ending()), token);

            stream.awaitEnd();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1})
    void logoutWhenTheNodeOfTheStreamHasNoDatabaseThenTheSignalEndsIt(int number) throws Exception {
        ProxiedNode node = nodes.get(number);
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
        for (ProxiedNode node : nodes) {
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
        ProxiedNode node = nodes.get(0);
        ProxiedNode control = nodes.get(1);
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
        ProxiedNode node = nodes.get(0);
        String token = login(node);
        try (StreamClient stream = StreamClient.open(node.gateway(), "/s/events", token)) {
            node.loseRedis();
            node.loseDatabase();
            logOut(nodes.get(1), token);
            node.toDatabase().heal();

            stream.awaitEnd();
        }
    }

    /** The first stream shows that the node has received the signal, which comes before the second one is registered. */
    @ParameterizedTest
    @CsvSource({"0,/s/late", "1,/s/late", "0,/s/ws-late", "1,/s/ws-late"})
    void logoutWhenAStreamBeginsAfterItsSignalThenItIsRefusedWithoutADatabase(int number, String late)
            throws Exception {
        ProxiedNode node = nodes.get(number);
        String token = login(node);
        String path = late + "?n=" + UUID.randomUUID();
        try (StreamClient early = StreamClient.open(node.gateway(), "/s/events", token);
                StreamClient stream = StreamClient.send(node.gateway(), path, token)) {
            service.awaitRequest(path);
            node.loseDatabase();
            logOut(nodes.get(1 - number), token);
            early.awaitEnd();

            service.begin(path);

            stream.awaitBody("1002000020");
            assertThat(stream.status()).isEqualTo("HTTP/1.1 401 Unauthorized");
            assertThat(service.awaitEnd(path)).isEqualTo("end");
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1})
    void logoutWhenItsSignalWasMissedThenTheStreamIsClosedUncheckedWithoutADatabase(int number) throws Exception {
        ProxiedNode node = nodes.get(number);
        String token = login(node);
        try (StreamClient stream = StreamClient.open(node.gateway(), "/s/ws", token)) {
            node.loseDatabase();
            node.loseRedis();
            logOut(nodes.get(1 - number), token);
            node.toRedis().heal();

            stream.awaitEnd();
            assertThat(stream.closeFrame()).isEqualTo("1011 503");
        }
    }

    /**
     * Each round ends a session, and requests a stream of it up to 25 ms later: the streams begin before and after the end. A node that has
     * neither a database nor, on a busy machine, an answer of Redis in time refuses a stream with 503.
     */
    @Test
    void logoutWhenAStreamBeginsInTheSameMomentThenItEndsWithoutADatabase() throws Exception {
        ProxiedNode node = nodes.get(0);
        List<String> tokens = new ArrayList<>();
        for (int i = 0; i < ROUNDS; i++) {
            tokens.add(login(node));
        }
        node.loseDatabase();
        int begun = 0;
        for (int i = 0; i < ROUNDS; i++) {
            String token = tokens.get(i);
            var loggedOut = new FutureTask<>(() -> {
                logOut(nodes.get(1), token);
                return true;
            });
            new Thread(loggedOut, "logout").start();
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(MAX_DELAY_MILLIS) * i / ROUNDS);
            try (StreamClient stream = StreamClient.request(node.gateway(), PATHS.get(i % PATHS.size()), token)) {
                assertThat(loggedOut.get(20, TimeUnit.SECONDS)).isTrue();
                assertThat(stream.status()).containsAnyOf(" 101 ", " 200 ", " 401 ", " 503 ");
                if (stream.status().matches(".* (101|200) .*")) {
                    begun++;
                    stream.awaitEnd();
                }
            }
        }
        assertThat(begun)
                .as("streams that began before the end of their session")
                .isPositive();
        System.out.printf("%d of %d streams began before the end of their session%n", begun, ROUNDS);
    }
}
