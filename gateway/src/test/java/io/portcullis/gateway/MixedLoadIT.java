package io.portcullis.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import io.netty.buffer.ByteBufAllocator;
import io.netty.util.ResourceLeakDetector;
import io.portcullis.gateway.logging.LogCapture;
import io.portcullis.gateway.stream.OpenCalls;
import io.portcullis.gateway.stream.OpenStreams;
import io.portcullis.gateway.stream.StreamCounts;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Calls of every kind, whose clients and services leave at random, with a leak detection that tracks each buffer: no response reaches a
 * wrong caller, and at the end the node holds what it held before. The system property {@code mixed.minutes} sets for how long.
 */
@Tag("database-independent")
class MixedLoadIT {
    private static final int MINUTES = Integer.getInteger("mixed.minutes", 0);
    private static final Duration SHORT = Duration.ofSeconds(3);
    private static final Duration WARM_UP = Duration.ofSeconds(MINUTES > 0 ? 60 : 1);
    private static final int CLIENTS = 24;
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final String PASSWORD = "some-demo-pass";

    /** What pools, caches and the classes of the JVM may add, whatever the number of calls. */
    private static final long HEAP_ALLOWANCE = 8_000_000;

    /** An entry of a map that stays takes more. */
    private static final int MAX_HEAP_PER_CALL = 50;

    private static final long DIRECT_ALLOWANCE = 32_000_000;
    /** For the pools of connections to MySQL and to the service. */
    private static final int DESCRIPTOR_ALLOWANCE = 48;

    private static final ResourceLeakDetector.Level detection = ResourceLeakDetector.getLevel();
    private static final ExecutorService executor = Executors.newCachedThreadPool();
    private static final ScriptedService service = ScriptedService.startLasting(UnreliableService::respond);
    private static final GatewayNode node = GatewayNode.start(new Routes()
            .add("/fast/**", service.uri(), "metadata.websocket=true", "metadata.response-timeout=2000")
            .add(
                    "/chain/**",
                    service.uri(),
                    "metadata.websocket=true",
                    "metadata.response-timeout=2000",
                    "filters[0]=SecureHeaders")
            .arguments(
                    "--server.http2.enabled=true",
                    "--portcullis.stream.max-per-session=" + CLIENTS,
                    "--portcullis.stream.max-calls-per-session=" + 10 * CLIENTS,
                    "--spring.cloud.gateway.server.webflux.httpclient.pool.max-idle-time=2s"));

    private static String token = "";

    private final MixedClient.Outcomes outcomes = new MixedClient.Outcomes();

    @BeforeAll
    static void logIn() throws Exception {
        String user = "user-" + UUID.randomUUID();
        node.createAccount(user, PASSWORD, "user");
        token = node.login(user, PASSWORD).get("accessToken").asString();
        ResourceLeakDetector.setLevel(ResourceLeakDetector.Level.PARANOID);
    }

    @AfterAll
    static void close() throws IOException {
        ResourceLeakDetector.setLevel(detection);
        node.close();
        service.close();
        executor.shutdownNow();
    }

    @Test
    void callsWhenClientsAndServicesLeaveThenNoResponseIsAtAWrongCallerAndTheNodeHoldsWhatItHeldBefore() {
        run("warm-", WARM_UP);
        Footprint before = settled(Long.MAX_VALUE);
        reportLeaks();
        long warm = outcomes.total();

        try (LogCapture leaks = LogCapture.of(ResourceLeakDetector.class, Level.ERROR)) {
            run("call-", MINUTES > 0 ? Duration.ofMinutes(MINUTES) : SHORT);
            assertThat(outcomes.wrong()).as("responses at a wrong caller").isEmpty();
            Footprint after = settled(before.descriptors() + DESCRIPTOR_ALLOWANCE);
            reportLeaks();

            long calls = outcomes.total() - warm;
            System.out.printf(
                    "MIXED %d calls: %s%nMIXED before: %s%nMIXED after:  %s%n",
                    calls, new TreeMap<>(outcomes.counts()), before, after);
            assertThat(outcomes.counts()).containsKeys("200", "200 cut", "502", "504", "WebSocket left", "HTTP/2 200");
            // Only their number: each has the whole history of the buffer, and is in the log anyway.
            assertThat(leaks.lines().size()).as("lost buffers").isZero();
            assertThat(after.direct()).as("direct memory").isLessThan(before.direct() + DIRECT_ALLOWANCE);
            assertThat(after.heap()).as("heap").isLessThan(before.heap() + HEAP_ALLOWANCE + calls * MAX_HEAP_PER_CALL);
        }
    }

    private void run(String name, Duration duration) {
        long end = System.nanoTime() + duration.toNanos();
        List<CompletableFuture<Void>> clients = new ArrayList<>();
        for (int i = 0; i < CLIENTS; i++) {
            var client = new MixedClient(node, token, name + i, i, outcomes);
            clients.add(CompletableFuture.runAsync(() -> client.runUntil(end), executor));
        }
        clients.forEach(CompletableFuture::join);
    }

    /** Waits until the node has no open call, and the JVM no more than so many file descriptors. */
    private static Footprint settled(long descriptors) {
        await().atMost(LIMIT).untilAsserted(() -> {
            assertThat(StreamCounts.areZero(node.bean(OpenStreams.class), node.bean(OpenCalls.class)))
                    .as("nothing is counted for a caller or a service")
                    .isTrue();
            // All of the service's connections are with the node, whose pools let idle ones go.
            assertThat(service.wires()).as("connections to the service").isEmpty();
            assertThat(Footprint.openDescriptors()).as("file descriptors").isLessThanOrEqualTo(descriptors);
        });
        return Footprint.of(node);
    }

    /** Lets Netty report the buffers that were lost so far: it does so when the next ones are allocated. */
    private static void reportLeaks() {
        for (int i = 0; i < 100; i++) {
            ByteBufAllocator.DEFAULT.directBuffer(16).release();
        }
    }
}
