package io.portcullis.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.UUID;
import tools.jackson.databind.JsonNode;

/** A user of the shared node, whose tokens a test presents to a logout or a refresh. */
final class PresentedPairs {
    static final String LOGOUT = "/system/auth/logout";
    static final String REFRESH = "/system/auth/refresh-token";

    private static final String PASSWORD = "some-demo-pass";

    private final GatewayNode node = GatewayNode.shared();
    private final String user = "user-" + UUID.randomUUID();

    PresentedPairs() {
        node.createAccount(user, PASSWORD, "user");
    }

    JsonNode login() throws Exception {
        return node.login(user, PASSWORD);
    }

    /** Sends raw bytes over a connection of their own. */
    String exchange(String request) {
        return RawHttp.exchange(node, request);
    }

    HttpResponse<String> post(String path, String type, String codings, byte[] body) throws Exception {
        var request = HttpRequest.newBuilder(node.uri(path));
        if (!type.isEmpty()) {
            request.header("Content-Type", type);
        }
        if (!codings.isEmpty()) {
            request.header("Content-Encoding", codings);
        }
        return GatewayNode.send(request.POST(HttpRequest.BodyPublishers.ofByteArray(body)));
    }

    static String access(JsonNode pair) {
        return pair.get("accessToken").asString();
    }

    static String refresh(JsonNode pair) {
        return pair.get("refreshToken").asString();
    }

    void assertDead(JsonNode pair) throws Exception {
        assertThat(node.proxied(access(pair))).isEqualTo(401);
        assertThat(node.refresh(refresh(pair)).statusCode()).isEqualTo(401);
    }

    void assertAlive(JsonNode pair) throws Exception {
        assertThat(node.proxied(access(pair))).isEqualTo(200);
    }
}
