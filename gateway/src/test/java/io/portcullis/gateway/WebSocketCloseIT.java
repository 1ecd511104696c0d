package io.portcullis.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Tests that the close status of a service reaches the client in a form that RFC 6455 section 7.4.1 allows. */
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
        "/s/ws-empty,1000",
        "/s/ws-cut,1011",
        "/s/ws-status/1000,1000",
        "/s/ws-status/1001,1001",
        "/s/ws-status/1011,1011",
        "/s/ws-status/1012,1001",
        "/s/ws-status/1013,1011",
        "/s/ws-status/1014,1011",
        "/s/ws-status/4000,4000"
    })
    void closeWhenTheServiceClosesThenTheClientReceivesAStatus(String path, String status) throws Exception {
        try (StreamClient client = StreamClient.request(node, path, token)) {
            assertThat(client.status()).isEqualTo("HTTP/1.1 101 Switching Protocols");
            client.sendMessage();

            client.awaitEnd();
            assertThat(client.closeFrame()).isEqualTo(status);
        }
    }

    @ParameterizedTest
    @CsvSource({"1000,1000", "'',1000", "1001,1001", "4001,4001"})
    void closeWhenTheClientClosesThenTheServiceReceivesAStatus(String sent, String status) throws Exception {
        String path = "/s/ws?n=" + UUID.randomUUID();
        try (StreamClient client = StreamClient.open(node, path, token)) {
            client.sendClose(sent.isEmpty() ? 0 : Integer.parseInt(sent));

            assertThat(service.awaitEnd(path)).isEqualTo(status);
        }
    }
}
