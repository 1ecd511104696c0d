package io.portcullis.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

/** Tests that a WebSocket on another node is closed for every reason for which its session ends, and with that reason. */
@Tag("database-independent")
class StreamReasonIT {
    private static final String PASSWORD = "some-demo-pass";
    private static final StreamingService service = new StreamingService();
    private static final GatewayNode node = start("--portcullis.refresh.grace=0s");
    private static final GatewayNode other = start("--portcullis.refresh.grace=0s");
    private static final GatewayNode shortLived =
            start("--portcullis.token.access-ttl=1s", "--portcullis.token.refresh-ttl=4s");

    private final String user = "user-" + UUID.randomUUID();

    private static GatewayNode start(String... more) {
        List<String> arguments = new ArrayList<>(service.routes(0));
        arguments.addAll(List.of(more));
        return GatewayNode.start(arguments.toArray(String[]::new));
    }

    @AfterAll
    static void close() throws IOException {
        node.close();
        other.close();
        shortLived.close();
        service.close();
    }

    @BeforeAll
    static void awaitAdministrator() throws Exception {
        assertThat(admin()).isNotEmpty();
    }

    @BeforeEach
    void createUser() {
        node.createAccount(user, PASSWORD, "user");
    }

    private static String admin() throws Exception {
        return access(node.login("admin", "admin-demo-pass"));
    }

    private static String access(JsonNode pair) {
        return pair.get("accessToken").asString();
    }

    private static void call(String method, String path, String token, String json) throws Exception {
        assertThat(node.call(method, path, token, json.isEmpty() ? null : json).statusCode())
                .as("%s %s", method, path)
                .isEqualTo(200);
    }

    private void end(String how, JsonNode pair) throws Exception {
        String session = pair.get("sessionId").asString();
        String account = "/system/account/" + pair.get("userId").asString();
        String own = access(node.login(user, PASSWORD));
        switch (how) {
            case "logout" -> call("POST", "/system/auth/logout", access(pair), "");
            case "logout-all" -> call("POST", "/system/auth/logout-all", own, "");
            case "own-session" -> call("DELETE", "/system/auth/sessions/" + session, own, "");
            case "kick" -> call("DELETE", "/system/session/" + session, admin(), "");
            case "kick-user" ->
                call("DELETE", "/system/user/" + pair.get("userId").asString() + "/sessions", admin(), "");
            case "disable" -> call("PUT", account + "/status", admin(), "{\"status\":\"disabled\"}");
            case "roles" -> call("PUT", account + "/roles", admin(), "{\"roles\":[]}");
            case "delete" -> call("DELETE", account, admin(), "");
            case "reset" -> call("PUT", account + "/password", admin(), "{\"password\":\"another-demo-pass\"}");
            case "password" ->
                call(
                        "PUT",
                        "/system/auth/password",
                        own,
                        "{\"currentPassword\":\"%s\",\"newPassword\":\"another-demo-pass\"}".formatted(PASSWORD));
            default -> reuse(pair);
        }
    }

    private static void reuse(JsonNode pair) throws Exception {
        String spent = pair.get("refreshToken").asString();
        assertThat(node.refresh(spent).statusCode()).isEqualTo(200);
        assertThat(node.refresh(spent).statusCode()).isEqualTo(401);
    }

    @ParameterizedTest
    @CsvSource({
        "logout,1002000020",
        "logout-all,1002000020",
        "own-session,1002000020",
        "kick,1002000021",
        "kick-user,1002000021",
        "reuse,1002000023",
        "disable,1002000025",
        "reset,1002000026",
        "password,1002000026",
        "roles,1002000027",
        "delete,1002000028"
    })
    void streamWhenItsSessionEndsThenTheReasonIsInTheCloseFrame(String how, String code) throws Exception {
        JsonNode pair = node.login(user, PASSWORD);
        try (StreamClient here = StreamClient.open(node, "/s/ws", access(pair));
                StreamClient there = StreamClient.open(other, "/s/ws", access(pair))) {
            end(how, pair);

            here.awaitEnd();
            there.awaitEnd();
            assertThat(here.closeFrame()).isEqualTo("1008 " + code);
            assertThat(there.closeFrame()).isEqualTo("1008 " + code);
        }
    }

    @Test
    void streamWhenTheLastTokenHasExpiredThenIsClosedAsExpired() throws Exception {
        JsonNode pair = shortLived.login(user, PASSWORD);
        try (StreamClient there = StreamClient.open(other, "/s/ws", access(pair))) {
            there.awaitEnd();

            assertThat(there.closeFrame()).isEqualTo("1008 1002000024");
        }
    }

    @Test
    void streamWhenItsSessionIsRefreshedThenOutlivesTheTokensOfItsBeginning() throws Exception {
        JsonNode first = shortLived.login(user, PASSWORD);
        try (StreamClient stream = StreamClient.open(shortLived, "/s/ws", access(first));
                StreamClient control =
                        StreamClient.open(shortLived, "/s/ws", access(shortLived.login(user, PASSWORD)))) {
            JsonNode pair = first;
            // Another session, which is not refreshed, expires meanwhile, after the tokens of the first one.
            while (!control.hasEnded()) {
                pair = GatewayNode.data(
                        shortLived.refresh(pair.get("refreshToken").asString()));
                stream.awaitMore();
            }

            assertThat(control.closeFrame()).isEqualTo("1008 1002000024");
            assertThat(stream.hasEnded()).isFalse();
            assertThat(stream.closeFrame()).isEqualTo("none");
        }
    }
}
