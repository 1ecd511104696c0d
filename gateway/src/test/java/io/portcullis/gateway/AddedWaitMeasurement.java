package io.portcullis.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.portcullis.core.degraded.DegradedMode;
import io.portcullis.testbed.Await;
import io.portcullis.testbed.DatabaseServer;
import io.portcullis.testbed.RedisServer;
import io.portcullis.testbed.Signals;
import io.portcullis.testbed.TcpProxy;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Prints how much longer the slowest proxied request takes when a store fails. Run on demand: it needs a quiet machine. */
class AddedWaitMeasurement {
    private static final int CALLERS = 6;
    private static final Duration TIME = Duration.ofSeconds(3);
    private static final String PASSWORD = "some-demo-pass";

    private static final DatabaseServer database = DatabaseServer.start();
    private static final RedisServer redis = RedisServer.start();
    private static final TcpProxy toDatabase = TcpProxy.to("127.0.0.1", database.port());
    private static final TcpProxy toRedis = TcpProxy.to("127.0.0.1", redis.port());
    private static final GatewayNode node = GatewayNode.start(
            "--spring.r2dbc.url=" + database.r2dbcUrl().replace(":" + database.port(), ":" + toDatabase.port()),
            "--spring.r2dbc.username=" + database.username(),
            "--spring.r2dbc.password=" + database.password(),
            "--spring.data.redis.host=127.0.0.1",
            "--spring.data.redis.port=" + toRedis.port(),
            "--portcullis.redis.command-timeout=80ms",
            "--portcullis.mysql.check-timeout=150ms");
    private static final List<String> tokens = new ArrayList<>();

    private static double usual;

    private interface Fault {
        void inject() throws Exception;
    }

    private record Call(double millis, int status) {}

    @BeforeAll
    static void logIn() throws Exception {
        node.createAccount("alice", PASSWORD, "user");
        for (int i = 0; i < CALLERS; i++) {
            tokens.add(node.login("alice", PASSWORD).get("accessToken").asString());
        }
        awaitHealthy();
        // The first ones are those of a cold JVM.
        calls(Duration.ofSeconds(5));
        usual = percentile(calls(TIME), 0.5);
        System.out.printf("ADDED %-32s %7.1f ms is usual%n", "-", usual);
    }

    @AfterAll
    static void close() {
        node.close();
        toRedis.close();
        toDatabase.close();
        redis.close();
        database.close();
    }

    @Test
    void measure() throws Exception {
        measure("nothing", () -> {});
        measure("redis stopped", () -> Signals.stop(redis.pid()));
        measure("redis black-holed", toRedis::blackHole);
        measure("redis answers black-holed", toRedis::blackHoleResponses);
        measure("redis refused and cut", () -> {
            toRedis.refuse();
            toRedis.cut();
        });
        measure("redis cut", toRedis::cut);
        for (int millis : List.of(50, 100, 200, 500, 1000, 2000)) {
            measure("redis slowed by " + millis, () -> toRedis.delay(Duration.ofMillis(millis)));
        }
        measure("redis emptied", AddedWaitMeasurement::emptyRedis);
        measure("mysql stopped", () -> Signals.stop(database.pid()));
        measure("mysql stopped, redis emptied", () -> {
            Signals.stop(database.pid());
            emptyRedis();
        });
        measure("mysql black-holed, redis emptied", () -> {
            toDatabase.blackHole();
            emptyRedis();
        });
        measure("mysql refused, redis emptied", () -> {
            toDatabase.refuse();
            toDatabase.cut();
            emptyRedis();
        });
        measure("both stopped", () -> {
            Signals.stop(database.pid());
            Signals.stop(redis.pid());
        });
        measure("both black-holed", () -> {
            toDatabase.blackHole();
            toRedis.blackHole();
        });
        measure("both refused and cut", () -> {
            toDatabase.refuse();
            toDatabase.cut();
            toRedis.refuse();
            toRedis.cut();
        });
        measure("mysql slow by 100, redis stopped", () -> {
            toDatabase.delay(Duration.ofMillis(100));
            Signals.stop(redis.pid());
        });
    }

    private static void measure(String failure, Fault fault) throws Exception {
        CompletableFuture<List<Call>> calls = CompletableFuture.supplyAsync(() -> calls(TIME));
        TimeUnit.MILLISECONDS.sleep(300);
        fault.inject();
        List<Call> all = calls.get();
        double worst = percentile(all, 1) - usual;
        Map<Integer, Long> statuses = new TreeMap<>();
        all.forEach(call -> statuses.merge(call.status, 1L, Long::sum));
        System.out.printf(
                "ADDED %-32s %7.1f ms worst, %7.1f ms p99  %s%n",
                failure, worst, percentile(all, 0.99) - usual, statuses);
        Signals.resume(database.pid());
        Signals.resume(redis.pid());
        toDatabase.heal();
        toRedis.heal();
        awaitHealthy();
        assertThat(statuses.keySet()).isSubsetOf(200, 503);
    }

    private static void awaitHealthy() {
        var good = new AtomicInteger();
        Await.until("healthy again", () -> {
            boolean served = tokens.stream().allMatch(token -> call(token).status == 200);
            good.set(served && !node.bean(DegradedMode.class).active() ? good.get() + 1 : 0);
            return good.get() == 20;
        });
    }

    private static List<Call> calls(Duration time) {
        List<CompletableFuture<List<Call>>> callers = IntStream.range(0, CALLERS)
                .mapToObj(i ->
                        CompletableFuture.supplyAsync(() -> repeat(tokens.get(i), time), AddedWaitMeasurement::run))
                .toList();
        return callers.stream().flatMap(each -> each.join().stream()).toList();
    }

    private static void run(Runnable caller) {
        new Thread(caller, "caller").start();
    }

    private static List<Call> repeat(String token, Duration time) {
        List<Call> calls = new ArrayList<>();
        for (long end = System.nanoTime() + time.toNanos(); System.nanoTime() < end; ) {
            calls.add(call(token));
        }
        return calls;
    }

    private static Call call(String token) {
        try {
            long start = System.nanoTime();
            int status = node.proxied(token);
            double millis = (System.nanoTime() - start) / 1e6;
            TimeUnit.MILLISECONDS.sleep(10);
            return new Call(millis, status);
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    private static double percentile(List<Call> calls, double part) {
        List<Double> sorted = calls.stream().map(Call::millis).sorted().toList();
        return sorted.get((int) Math.ceil(part * sorted.size()) - 1);
    }

    private static void emptyRedis() throws Exception {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), redis.port())) {
            socket.getOutputStream().write("FLUSHALL\r\n".getBytes(StandardCharsets.US_ASCII));
            assertThat(socket.getInputStream().read()).isEqualTo('+');
        }
    }
}
