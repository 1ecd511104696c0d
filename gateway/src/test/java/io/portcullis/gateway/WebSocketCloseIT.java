package io.portcullis.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Tests that a close frame reaches the other peer as it is, and that no lost connection looks like a clean end. */
@Tag("database-independent")
class WebSocketCloseIT {
    private static final String PASSWORD = "some-demo-pass";
    private static final String user = "user-" + UUID.randomUUID();
    private static final StreamingService service = new StreamingService();
    private static final GatewayNode node = GatewayNode.start(service.routes(0).toArray(String[]::new));

    private static String token = "";

    @BeforeAll
    static void logIn() throws Exception {
        node.createAccount(user, PASSWORD, "user");
        token = node.login(user, PASSWORD).get("accessToken").asString();
    }

    @AfterAll
    static void close() throws IOException {
        node.close();
        service.close();
    }

    @ParameterizedTest
    @CsvSource({
        "/s/ws-empty,no status",
        "/s/ws-status/1000,1000",
        "/s/ws-status/1001,1001",
        "/s/ws-status/1011,1011",
        "/s/ws-status/1012,1012",
        "/s/ws-status/1013,1013",
        "/s/ws-status/1014,1014",
        "/s/ws-status/3000,3000",
        "/s/ws-status/4000,4000"
    })
    void closeWhenTheServiceClosesThenTheClientReceivesItsFrame(String path, String status) throws Exception {
        try (StreamClient client = StreamClient.request(node, path, token)) {
            assertThat(client.status()).isEqualTo("HTTP/1.1 101 Switching Protocols");
            client.sendMessage();
            client.awaitBody("\u0088");
            client.sendClose(1000);

            client.awaitEnd();
            assertThat(client.closeFrame()).isEqualTo(status);
        }
    }

    @Test
    void closeWhenTheServiceIsLostThenTheConnectionEndsWithoutAFrame() throws Exception {
        try (StreamClient client = StreamClient.request(node, "/s/ws-cut", token)) {
            client.sendMessage();

            client.awaitEnd();
            assertThat(client.closeFrame()).isEqualTo("none");
        }
    }

    @Test
    void closeWhenTheClientIsLostThenTheServiceSeesAnEndWithoutAFrame() throws Exception {
        String path = "/s/ws?n=" + UUID.randomUUID();
        try (StreamClient client = StreamClient.open(node, path, token)) {
            client.sendMessage();
        }

        assertThat(service.awaitEnd(path)).isEqualTo("end");
    }

    @ParameterizedTest
    @CsvSource({"1000,1000", "'',no status", "1001,1001", "1013,1013", "4001,4001"})
    void closeWhenTheClientClosesThenTheServiceReceivesItsFrame(String sent, String status) throws Exception {
        String path = "/s/ws?n=" + UUID.randomUUID();
        try (StreamClient client = StreamClient.open(node, path, token)) {
            client.sendClose(sent.isEmpty() ? 0 : Integer.parseInt(sent));

            assertThat(service.awaitEnd(path)).isEqualTo(status);
        }
    }
}
