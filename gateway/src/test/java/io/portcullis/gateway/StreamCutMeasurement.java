package io.portcullis.gateway;

import io.portcullis.testbed.DatabaseServer;
import io.portcullis.testbed.RedisServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Prints how long after the answer to a logout the stream of its session ends at the client; negative: before the answer. Run on
 * demand: it needs a quiet machine. {@code -Dcuts} and {@code -Dcuts.outage} are the numbers of cuts.
 */
class StreamCutMeasurement {
    private static final int CUTS = Integer.getInteger("cuts", 200);
    private static final int OUTAGE_CUTS = Integer.getInteger("cuts.outage", 200);
    private static final int WARM_UP = 10;
    private static final String PASSWORD = "some-demo-pass";
    private static final List<String> PATHS = List.of("/s/ws", "/s/events", "/s/chunked");

    private static final StreamingService service = new StreamingService();
    private static final DatabaseServer database = DatabaseServer.start();
    private static final RedisServer redis = RedisServer.start();
    private static final ProxiedNode ending = start();
    private static final ProxiedNode other = start();
    private static final GatewayNode node = ending.gateway();

    private static ProxiedNode start() {
        List<String> arguments = new ArrayList<>(service.routes(0));
        arguments.add("--portcullis.logout.when-redis-fails=queue");
        return ProxiedNode.start(database, redis, arguments);
    }

    @BeforeAll
    static void createUser() {
        node.createAccount("measured", PASSWORD, "user");
    }

    @AfterAll
    static void close() throws IOException {
        ending.close();
        other.close();
        redis.close();
        database.close();
        service.close();
    }

    @Test
    void measure() throws Exception {
        for (String path : PATHS) {
            measure(path, "same node", node, CUTS);
            measure(path, "other node", other.gateway(), CUTS);
        }
    }

    @Test
    void measureWhenThePublishIsRefused() throws Exception {
        ProxiedNode.command(redis, "ACL SETUSER default -publish");
        measureOutage("no publish");
        ProxiedNode.command(redis, "ACL SETUSER default +publish");
    }

    @Test
    void measureWhenTheOtherNodeIsCutOffFromRedis() throws Exception {
        other.loseRedis();
        measureOutage("cut off");
        other.heal();
    }

    @Test
    void measureWhenRedisIsStopped() throws Exception {
        ending.loseRedis();
        other.loseRedis();
        measureOutage("no Redis");
        ending.heal();
        other.heal();
    }

    /** Ends of unknown sessions, as fast as Redis takes them from one connection. */
    @Test
    void measureWhileOtherEndsArePublished() throws Exception {
        AtomicLong published = new AtomicLong();
        long start = System.nanoTime();
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), redis.port())) {
            new Thread(() -> flood(socket, published), "flood").start();
            for (String path : PATHS) {
                measure(path, "same node, flood", node, OUTAGE_CUTS);
                measure(path, "other node, flood", other.gateway(), OUTAGE_CUTS);
            }
            double seconds = (System.nanoTime() - start) / 1e9;
            System.out.printf("FLOOD %.0f ends a second%n", published.get() / seconds);
        }
    }

    private static void flood(Socket socket, AtomicLong published) {
        try {
            while (true) {
                StringBuilder batch = new StringBuilder();
                for (int i = 0; i < 1_000; i++) {
                    batch.append("PUBLISH portcullis:ended \"")
                            .append(UUID.randomUUID())
                            .append(" LOGOUT 1\"\r\n");
                }
                socket.getOutputStream().write(batch.toString().getBytes(StandardCharsets.US_ASCII));
                // Each reply is the number of subscribers, with one digit.
                socket.getInputStream().readNBytes(1_000 * ":2\r\n".length());
                published.addAndGet(1_000);
            }
        } catch (IOException e) {
            return;
        }
    }

    private static void measureOutage(String how) throws Exception {
        for (String path : PATHS) {
            measure(path, "other node, " + how, other.gateway(), OUTAGE_CUTS);
        }
    }

    private static void measure(String path, String where, GatewayNode streaming, int cuts) throws Exception {
        List<Double> millis = new ArrayList<>();
        for (int i = 0; i < cuts + WARM_UP; i++) {
            double cut = cut(path, streaming);
            if (i >= WARM_UP) {
                millis.add(cut);
            }
        }
        millis.sort(null);
        System.out.printf(
                "CUT %-12s %-24s %d cuts: median %6.1f ms, p99 %6.1f ms, worst %6.1f ms%n",
                path, where, cuts, millis.get(cuts / 2), millis.get(cuts * 99 / 100 - 1), millis.get(cuts - 1));
    }

    private static double cut(String path, GatewayNode streaming) throws Exception {
        String token = node.login("measured", PASSWORD).get("accessToken").asString();
        try (StreamClient stream = StreamClient.open(streaming, path, token)) {
            CompletableFuture<Long> ended = CompletableFuture.supplyAsync(() -> endOf(stream));
            node.call("POST", "/system/auth/logout", token, null);
            long answered = System.nanoTime();
            return (ended.join() - answered) / 1e6;
        }
    }

    private static long endOf(StreamClient stream) {
        try {
            stream.awaitEnd();
            return System.nanoTime();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }
}
