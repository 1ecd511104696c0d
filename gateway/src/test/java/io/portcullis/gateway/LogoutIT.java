package io.portcullis.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** Tests logout with every kind of token, and its effect on two nodes. */
class LogoutIT {
    private static final GatewayNode node = GatewayNode.shared();
    /** A node whose access tokens expire within the test. */
    private static final GatewayNode other =
            GatewayNode.start("--portcullis.token.access-ttl=1s", "--portcullis.token.refresh-ttl=1h");

    private static final String PASSWORD = "some-demo-pass";
    private static final String user = "user-" + UUID.randomUUID();

    @BeforeAll
    static void createUser() {
        node.createAccount(user, PASSWORD, "user");
    }

    @AfterAll
    static void closeOtherNode() {
        other.close();
    }

    private static String access(JsonNode pair) {
        return pair.get("accessToken").asString();
    }

    private static String refresh(JsonNode pair) {
        return pair.get("refreshToken").asString();
    }

    private static JsonNode login() throws Exception {
        JsonNode pair = node.login(user, PASSWORD);
        assertThat(node.proxied(access(pair))).isEqualTo(200);
        assertThat(other.proxied(access(pair))).isEqualTo(200);
        return pair;
    }

    private static void assertDead(JsonNode... pairs) throws Exception {
        for (JsonNode pair : pairs) {
            assertThat(other.proxied(access(pair))).isEqualTo(401);
            assertThat(node.proxied(access(pair))).isEqualTo(401);
            assertThat(other.refresh(refresh(pair)).statusCode()).isEqualTo(401);
            assertThat(node.refresh(refresh(pair)).statusCode()).isEqualTo(401);
        }
    }

    private static void assertTrue(HttpResponse<String> response) {
        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.body()).contains("\"code\":0", "\"data\":true");
        assertThat(response.headers().firstValue("Cache-Control")).hasValue("no-store");
    }

    private static HttpResponse<String> logout(String accessToken) throws Exception {
        return node.call("POST", "/system/auth/logout", accessToken, null);
    }

    private static HttpResponse<String> logout(String type, String body) throws Exception {
        return GatewayNode.send(HttpRequest.newBuilder(node.uri("/system/auth/logout"))
                .header("Content-Type", type)
                .POST(HttpRequest.BodyPublishers.ofString(body)));
    }

    @Test
    void logoutWhenAccessTokenThenCopiesAreDeadOnBothNodes() throws Exception {
        JsonNode pair = login();

        assertTrue(logout(access(pair)));

        assertDead(pair);
        assertTrue(logout(access(pair)));
    }

    @Test
    void logoutWhenAccessTokenExpiredThenSessionEnds() throws Exception {
        JsonNode expired = other.login(user, PASSWORD);
        node.awaitExpiry(access(expired));

        assertTrue(logout(access(expired)));

        assertDead(expired);
    }

    @Test
    void logoutWhenAccessTokenSupersededThenTheSuccessorsDieToo() throws Exception {
        JsonNode first = login();
        JsonNode second = GatewayNode.data(node.refresh(refresh(first)));
        assertThat(other.proxied(access(second))).isEqualTo(200);

        assertTrue(logout(access(first)));

        assertDead(first, second);
    }

    @Test
    void logoutWhenRefreshTokenThenSessionEndsWhereverItIs() throws Exception {
        JsonNode inForm = login();
        assertTrue(logout("application/x-www-form-urlencoded", "refreshToken=" + refresh(inForm)));
        assertDead(inForm);
        JsonNode inJson = login();
        assertTrue(logout("application/json", "{\"refreshToken\":\"" + refresh(inJson) + "\"}"));
        assertDead(inJson);
        JsonNode inQuery = login();
        assertTrue(node.call("POST", "/system/auth/logout?refreshToken=" + refresh(inQuery), null, null));
        assertDead(inQuery);
        JsonNode asBearer = login();
        assertTrue(logout(refresh(asBearer)));
        assertDead(asBearer);
        JsonNode inParameter = login();
        assertTrue(node.call("POST", "/system/auth/logout?token=" + access(inParameter), null, null));
        assertDead(inParameter);
    }

    @Test
    void logoutWhenRefreshTokenSpentThenItYieldsNothingWithinGrace() throws Exception {
        JsonNode first = login();
        JsonNode second = GatewayNode.data(node.refresh(refresh(first)));
        assertThat(GatewayNode.data(other.refresh(refresh(first)))).isEqualTo(second);

        assertTrue(logout("application/x-www-form-urlencoded", "refreshToken=" + refresh(first)));

        assertDead(first, second);
    }

    @ParameterizedTest
    @ValueSource(strings = {"garbage", "pca_x", "pcr_x", "pca_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"})
    void logoutWhenGarbageThenTrueAndOthersLive(String garbage) throws Exception {
        JsonNode pair = login();

        assertTrue(logout(garbage));
        assertTrue(logout("application/x-www-form-urlencoded", "refreshToken=" + garbage));

        assertThat(other.proxied(access(pair))).isEqualTo(200);
    }

    @Test
    void logoutWhenNothingIsPresentedThenTrue() throws Exception {
        assertTrue(node.call("POST", "/system/auth/logout", null, null));
        assertTrue(logout("application/json", ""));
        assertTrue(logout("application/json", "{}"));
        assertTrue(logout("application/json", "{"));
        assertTrue(logout("text/plain", "x"));
        assertTrue(logout("application/x-www-form-urlencoded", "%zz=%"));
    }

    @Test
    void logoutWhenTwoTokensThenBothSessionsEnd() throws Exception {
        JsonNode first = login();
        JsonNode second = login();

        assertTrue(node.call("POST", "/system/auth/logout?refreshToken=" + refresh(second), access(first), null));

        assertDead(first, second);
    }
}
