package io.portcullis.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** Tests that a ticket opens one stream, which the service sees without the ticket, and which falls with its session. */
class TicketStreamIT {
    private static final String PASSWORD = "some-demo-pass";
    private static final String user = "user-" + UUID.randomUUID();
    private static final StreamingService service = new StreamingService();
    private static final GatewayNode fastPath = start(true);
    private static final GatewayNode filterChain = start(false);

    private static GatewayNode start(boolean fast) {
        List<String> arguments = new ArrayList<>(service.routes(0));
        arguments.add("--portcullis.fast-path.enabled=" + fast);
        return GatewayNode.start(arguments.toArray(String[]::new));
    }

    @BeforeAll
    static void createUser() {
        fastPath.createAccount(user, PASSWORD, "user");
    }

    @AfterAll
    static void close() throws IOException {
        fastPath.close();
        filterChain.close();
        service.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"/s/ws-quiet", "/s/events"})
    void openWhenByTicketThenOnceAndTheLogoutEndsIt(String path) throws Exception {
        for (GatewayNode node : List.of(fastPath, filterChain)) {
            GatewayNode other = node == fastPath ? filterChain : fastPath;
            JsonNode pair = node.login(user, PASSWORD);
            String token = pair.get("accessToken").asString();
            String plain = path + "?n=" + UUID.randomUUID();
            String late = node.ticket(token);
            String ticket = other.ticket(token);
            GatewayNode.data(other.refresh(pair.get("refreshToken").asString()));

            try (StreamClient stream = StreamClient.open(node, plain + "&ticket=" + ticket, null);
                    StreamClient again = StreamClient.request(other, plain + "&ticket=" + ticket, null)) {
                assertThat(again.status()).startsWith("HTTP/1.1 401");
                assertThat(other.call("POST", "/system/auth/logout", token, null)
                                .statusCode())
                        .isEqualTo(200);

                stream.awaitEnd();
            }
            // The service knows the stream by the path and query that it received.
            assertThat(service.awaitEnd(plain)).isNotEmpty();
            try (StreamClient ended = StreamClient.request(node, plain + "&ticket=" + late, null)) {
                assertThat(ended.status()).startsWith("HTTP/1.1 401");
            }
        }
    }
}
