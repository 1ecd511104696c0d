package io.portcullis.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpResponse;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.r2dbc.core.DatabaseClient;
import tools.jackson.databind.JsonNode;

/** Tests what users may do with their own sessions and password. */
class SelfServiceIT {
    private static final GatewayNode node = GatewayNode.shared();
    private static final String PASSWORD = "some-demo-pass";

    private String user = "";

    @BeforeEach
    void createUser() {
        user = newUser();
    }

    private static String newUser() {
        String name = "user-" + UUID.randomUUID();
        node.createAccount(name, PASSWORD, "user");
        return name;
    }

    private static String access(JsonNode pair) {
        return pair.get("accessToken").asString();
    }

    private static void assertDead(JsonNode pair) throws Exception {
        assertThat(node.proxied(access(pair))).isEqualTo(401);
        assertThat(node.refresh(pair.get("refreshToken").asString()).statusCode())
                .isEqualTo(401);
    }

    @Test
    void sessionsWhenListedThenOwnOnly() throws Exception {
        JsonNode pair = node.login(user, PASSWORD);
        node.login(newUser(), PASSWORD);

        JsonNode list = GatewayNode.data(node.call("GET", "/system/auth/sessions", access(pair), null));

        assertThat(list.size()).isEqualTo(1);
        assertThat(list.get(0).get("id")).isEqualTo(pair.get("sessionId"));
    }

    @Test
    void endWhenOwnThenDeadAndWhenForeignThenNotFoundAndAlive() throws Exception {
        JsonNode mine = node.login(user, PASSWORD);
        JsonNode mineToo = node.login(user, PASSWORD);
        JsonNode foreign = node.login(newUser(), PASSWORD);

        assertThat(delete(mine, mineToo)).isEqualTo(200);
        assertThat(delete(mine, foreign)).isEqualTo(404);

        assertDead(mineToo);
        assertThat(node.proxied(access(foreign))).isEqualTo(200);
        assertThat(node.proxied(access(mine))).isEqualTo(200);
        assertThat(delete(mine, mine)).isEqualTo(200);
        assertDead(mine);
    }

    private static int delete(JsonNode caller, JsonNode session) throws Exception {
        String path = "/system/auth/sessions/" + session.get("sessionId").asString();
        return node.call("DELETE", path, access(caller), null).statusCode();
    }

    @Test
    void logoutAllWhenAnsweredThenAllOwnAreDead() throws Exception {
        JsonNode first = node.login(user, PASSWORD);
        JsonNode second = node.login(user, PASSWORD);
        JsonNode foreign = node.login(newUser(), PASSWORD);

        assertThat(node.call("POST", "/system/auth/logout-all", access(first), null)
                        .statusCode())
                .isEqualTo(200);

        assertDead(first);
        assertDead(second);
        assertThat(node.proxied(access(foreign))).isEqualTo(200);
    }

    /** As after MySQL was restored from an older dump, with Redis left as it was. */
    @Test
    void logoutAllWhenMySqlDoesNotKnowTheSessionThenThePresentedTokenIsDead() throws Exception {
        JsonNode login = node.login(user, PASSWORD);
        assertThat(node.proxied(access(login))).isEqualTo(200);
        String session = login.get("sessionId").asString();
        for (String table :
                List.of("access_token WHERE session_id", "refresh_token WHERE session_id", "auth_session WHERE id")) {
            node.bean(DatabaseClient.class)
                    .sql("DELETE FROM " + table + " = '" + session + "'")
                    .then()
                    .block();
        }

        assertThat(node.call("POST", "/system/auth/logout-all", access(login), null)
                        .statusCode())
                .isEqualTo(200);

        assertThat(node.proxied(access(login))).isEqualTo(401);
    }

    @Test
    void passwordWhenChangedThenOtherSessionsAreDeadAndThisOneLives() throws Exception {
        JsonNode mine = node.login(user, PASSWORD);
        JsonNode another = node.login(user, PASSWORD);

        var response = changePassword(mine, PASSWORD);

        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        assertDead(another);
        assertThat(node.proxied(access(mine))).isEqualTo(200);
        assertThat(node.refresh(mine.get("refreshToken").asString()).statusCode())
                .isEqualTo(200);
        assertThat(node.login(user, PASSWORD).isNull()).isTrue();
        assertThat(node.login(user, "another-demo-pass").isNull()).isFalse();
    }

    @Test
    void passwordWhenCurrentOneIsWrongThenNothingChanges() throws Exception {
        JsonNode mine = node.login(user, PASSWORD);
        JsonNode another = node.login(user, PASSWORD);

        var response = changePassword(mine, "some-wrong-pass");

        assertThat(response.statusCode()).isEqualTo(400);
        assertThat(response.body()).contains("1002000004").doesNotContain("some-wrong-pass");
        assertThat(node.proxied(access(another))).isEqualTo(200);
        assertThat(node.login(user, PASSWORD).isNull()).isFalse();
    }

    private static HttpResponse<String> changePassword(JsonNode pair, String current) throws Exception {
        String body = "{\"currentPassword\":\"%s\",\"newPassword\":\"another-demo-pass\"}".formatted(current);
        return node.call("PUT", "/system/auth/password", access(pair), body);
    }
}
