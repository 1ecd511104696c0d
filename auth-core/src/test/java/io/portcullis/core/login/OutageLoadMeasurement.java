package io.portcullis.core.login;

import static org.assertj.core.api.Assertions.assertThat;

import io.portcullis.core.token.Token;
import io.portcullis.testbed.Await;
import io.portcullis.testbed.RedisServer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;

/**
 * Measures the load on MySQL while Redis is unavailable and calls arrive at a steady rate, and prints a table. Not
 * part of the build: run it with {@code -Dit.test=OutageLoadMeasurement}.
 */
class OutageLoadMeasurement {
    private static final int SESSIONS = 200;
    private static final Duration TIME = Duration.ofSeconds(10);

    @Test
    void measure() {
        RedisServer redis = RedisServer.start();
        try (CoreCluster cluster = CoreCluster.start(redis)) {
            cluster.addAccount("alice");
            List<Token> tokens = IntStream.range(0, SESSIONS)
                    .mapToObj(i -> cluster.node(0).login("alice").tokens().access())
                    .toList();
            System.out.println("Redis | calls/s | served | statements per call | connections in use, most of 20");
            measure(cluster, tokens, "up", 500);
            redis.close();
            Await.until("degraded", () -> cluster.node(0).degraded());
            measure(cluster, tokens, "down", 0);
            measure(cluster, tokens, "down", 100);
            measure(cluster, tokens, "down", 500);
            measure(cluster, tokens, "down", 1_000);
        }
    }

    private static void measure(CoreCluster cluster, List<Token> tokens, String redis, int rate) {
        CoreNode node = cluster.node(0);
        var most = new AtomicInteger();
        var served = new AtomicInteger();
        var next = new AtomicInteger();
        long before = statements(cluster);
        Flux.interval(Duration.ofMillis(10))
                .take(TIME)
                .onBackpressureBuffer()
                .concatMapIterable(
                        tick -> IntStream.range(0, rate / 100).boxed().toList())
                .flatMap(i -> Outcome.later(node.checking(tokens.get(next.getAndIncrement() % tokens.size()))), 10_000)
                .doOnNext(outcome -> most.accumulateAndGet(node.acquired(), Math::max))
                .filter(Outcome::succeeded)
                .doOnNext(outcome -> served.incrementAndGet())
                .blockLast(TIME.multipliedBy(3));
        long statements = statements(cluster) - before;
        System.out.printf(
                "%s | %d | %d of %d | %.2f (%d in all) | %d%n",
                redis,
                rate,
                served.get(),
                next.get(),
                (double) statements / Math.max(1, next.get()),
                statements,
                most.get());
        assertThat(served.get()).isEqualTo(next.get());
    }

    /** Returns the number of statements that the server has received from all clients, this query included. */
    private static long statements(CoreCluster cluster) {
        return Long.parseLong(
                cluster.sql().texts("SHOW GLOBAL STATUS LIKE 'Questions'").get(1));
    }
}
