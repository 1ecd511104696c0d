package io.portcullis.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.handler.codec.http2.Http2Error;
import io.portcullis.testbed.Await;
import java.time.Duration;
import java.util.UUID;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Tests what a client of HTTP/2 observes while a node shuts down. The node is a separate process. */
@Timeout(300)
@Tag("database-independent")
class Http2ShutdownIT {
    private static final String PASSWORD = "some-demo-pass";
    /** Far longer than a shutdown takes, and far shorter than one that waits for a stream or a connection. */
    private static final Duration PROMPT = Duration.ofSeconds(25);

    @Test
    void stopWhenRequestsAndStreamsAreUnderWayThenTheyEndBeforeTheirConnection() throws Exception {
        GatewayNode other = GatewayNode.shared();
        String user = "user-" + UUID.randomUUID();
        other.createAccount(user, PASSWORD, "user");
        String bearer =
                "Bearer " + other.login(user, PASSWORD).get("accessToken").asString();
        try (var node = GatewayProcess.start(
                        "--spring.lifecycle.timeout-per-shutdown-phase=60s", "--server.http2.enabled=true");
                RawHttp2 client = RawHttp2.open(node.uri("/"));
                RawHttp2 idle = RawHttp2.open(node.uri("/"))) {
            int slow = client.begin(true, RawHttp2.head("GET", "/api/slow?ms=3000", "authorization", bearer));
            int ticks = client.begin(true, RawHttp2.head("GET", "/api/ticks", "authorization", bearer));
            Await.until("a tick", () -> client.response(ticks).body().contains("id:1"));

            node.terminate();

            assertThat(client.await(ticks).result()).as("a complete stream").isEqualTo("200");
            assertThat(client.await(slow).result()).isEqualTo("200");
            assertThat(client.awaitClose()).isEqualTo(Http2Error.NO_ERROR);
            assertThat(idle.awaitClose()).isEqualTo(Http2Error.NO_ERROR);
            assertThat(node.awaitEnd(PROMPT)).isEqualTo(143);
            assertThat(node.output()).doesNotContain(" ERROR ").doesNotContain("had not ended");
        }
    }
}
