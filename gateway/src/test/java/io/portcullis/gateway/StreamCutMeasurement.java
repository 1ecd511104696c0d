package io.portcullis.gateway;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Prints how long after the answer to a logout the stream of its session ends at the client; negative: before the answer. Run on
 * demand: it needs a quiet machine.
 */
class StreamCutMeasurement {
    private static final int CUTS = 200;
    private static final int WARM_UP = 10;
    private static final String PASSWORD = "some-demo-pass";

    private static final StreamingService service = new StreamingService();
    private static final GatewayNode node = GatewayNode.start(service.routes(0).toArray(String[]::new));
    private static final GatewayNode other = GatewayNode.start(service.routes(0).toArray(String[]::new));

    @BeforeAll
    static void createUser() {
        node.createAccount("measured", PASSWORD, "user");
    }

    @AfterAll
    static void close() throws IOException {
        node.close();
        other.close();
        service.close();
    }

    @Test
    void measure() throws Exception {
        for (String path : List.of("/s/ws", "/s/events", "/s/chunked")) {
            measure(path, "same node", node);
            measure(path, "other node", other);
        }
    }

    private static void measure(String path, String where, GatewayNode streaming) throws Exception {
        List<Double> millis = new ArrayList<>();
        for (int i = 0; i < CUTS + WARM_UP; i++) {
            double cut = cut(path, streaming);
            if (i >= WARM_UP) {
                millis.add(cut);
            }
        }
        millis.sort(null);
        System.out.printf(
                "CUT %-12s %-10s %d cuts: median %6.1f ms, p99 %6.1f ms, worst %6.1f ms%n",
                path, where, CUTS, millis.get(CUTS / 2), millis.get(CUTS * 99 / 100 - 1), millis.get(CUTS - 1));
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
