package io.portcullis.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** Tests that a ticket opens one stream, which the service sees without the ticket, and which falls with its session. */
@Tag("database-independent")
class TicketStreamIT {
    @AutoClose
    private static final StreamNodes nodes = new StreamNodes();

    @ParameterizedTest
    @ValueSource(strings = {"/s/ws-quiet", "/s/events"})
    void openWhenByTicketThenOnceAndTheLogoutEndsIt(String path) throws Exception {
        for (GatewayNode node : List.of(nodes.fastPath(), nodes.filterChain())) {
            GatewayNode other = node == nodes.fastPath() ? nodes.filterChain() : nodes.fastPath();
            JsonNode pair = nodes.login(node);
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
            assertThat(nodes.service().awaitEnd(plain)).isNotEmpty();
            try (StreamClient ended = StreamClient.request(node, plain + "&ticket=" + late, null)) {
                assertThat(ended.status()).startsWith("HTTP/1.1 401");
            }
        }
    }
}
