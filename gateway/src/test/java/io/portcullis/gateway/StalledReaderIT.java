package io.portcullis.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.util.internal.PlatformDependent;
import io.portcullis.testbed.Await;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.LongAccumulator;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Clients that do not read what they have asked for: how much memory each holds, for how long, and that the node goes on. */
@Tag("database-independent")
class StalledReaderIT {
    private static final int READERS = 100;
    private static final int MANY = 420;
    /** The water mark, two receive buffers, and what the allocator keeps beside them. */
    private static final long MAX_BYTES_PER_READER = 256 * 1024;
    /** Besides, reactor-netty queues up to 32 frames of the service. */
    private static final long MAX_BYTES_PER_WEBSOCKET = 512 * 1024;

    private static final BulkService bulk = BulkService.start();
    private static final GatewayNode fastPath = GatewayNode.start(arguments("--portcullis.http.write-timeout=4s"));
    private static final GatewayNode filterChain =
            GatewayNode.start(arguments("--portcullis.http.write-timeout=4s", "--portcullis.fast-path.enabled=false"));

    private static long idle;

    private static String[] arguments(String... more) {
        return new Routes()
                .add("/bulk/**", bulk.uri(), "metadata.auth=none", "metadata.websocket=true")
                .arguments(more);
    }

    /** The direct memory of both nodes before the first reader; what the allocator keeps later only adds to the measured bytes. */
    @BeforeAll
    static void measureIdleMemory() throws Exception {
        for (GatewayNode node : List.of(fastPath, filterChain)) {
            assertThat(node.get("/system/auth/me").statusCode()).isEqualTo(401);
        }
        idle = PlatformDependent.usedDirectMemory();
    }

    @AfterAll
    static void close() throws IOException {
        fastPath.close();
        filterChain.close();
        bulk.close();
    }

    @ParameterizedTest
    @CsvSource({
        "true, length",
        "false, length",
        "true, chunked",
        "false, chunked",
        "true, events",
        "false, events",
        "false, websocket",
    })
    void stalledReadersWhenManyThenEachHoldsLittleAndNotForLong(boolean fast, String response) throws Exception {
        GatewayNode node = fast ? fastPath : filterChain;
        var highest = new LongAccumulator(Math::max, 0);
        try (var readers = StalledReaders.open(READERS, node.uri("/bulk/" + response), headers(response))) {
            assertThat(node.login("admin", "admin-demo-pass").get("accessToken").asString())
                    .isNotEmpty();
            assertThat(node.health("/actuator/health/liveness").statusCode()).isEqualTo(200);
            Await.until("the connections to the service are closed", Duration.ofSeconds(60), () -> {
                highest.accumulate(PlatformDependent.usedDirectMemory() - idle);
                return bulk.open() == 0;
            });

            long most = highest.get();
            System.out.printf(
                    "direct memory per stalled reader (%s, fast path %s): %d bytes%n",
                    response, fast, most / readers.count());
            assertThat(most / readers.count())
                    .as("bytes per reader")
                    .isLessThan(response.equals("websocket") ? MAX_BYTES_PER_WEBSOCKET : MAX_BYTES_PER_READER);
        }
    }

    private static String[] headers(String response) {
        return response.equals("websocket")
                ? new String[] {
                    "Connection: Upgrade\r\n",
                    "Upgrade: websocket\r\n",
                    "Sec-WebSocket-Version: 13\r\n",
                    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
                }
                : new String[0];
    }

    @Test
    void aSmallNodeWhenReadersStallThenServesOn() throws Exception {
        // A caller has half of an event loop's connections at most, and the readers are not spread evenly over the
        // loops.
        String pool = "--spring.cloud.gateway.server.webflux.httpclient.pool.max-connections=4000";
        try (var node = GatewayProcess.startWithMemory("256m", arguments("--portcullis.http.write-timeout=20s", pool));
                var readers = StalledReaders.open(MANY, node.uri("/bulk/length"))) {
            for (int i = 0; i < 5; i++) {
                HttpResponse<String> login = node.call(
                                "POST",
                                "/system/auth/login",
                                null,
                                "{\"username\":\"admin\",\"password\":\"admin-demo-pass\"}")
                        .get();
                assertThat(login.statusCode()).isEqualTo(200);
            }
            HttpResponse<String> liveness =
                    GatewayNode.send(HttpRequest.newBuilder(node.managementUri("/actuator/health/liveness")));
            assertThat(liveness.statusCode()).isEqualTo(200);
            assertThat(readers.count()).isEqualTo(MANY);
            assertThat(node.output()).doesNotContain("OutOfMemoryError");
        }
    }
}
