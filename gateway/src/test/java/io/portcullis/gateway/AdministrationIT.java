package io.portcullis.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** Tests the administrators' API on two nodes: live sessions, kick, login log and accounts. */
class AdministrationIT {
    private static final GatewayNode node = GatewayNode.shared();
    /** A node whose access tokens expire within the test, so that only the refresh token is left. */
    private static final GatewayNode other =
            GatewayNode.start("--portcullis.token.access-ttl=1s", "--portcullis.token.refresh-ttl=1h");

    private static final String PASSWORD = "some-demo-pass";

    private static String admin = "";
    private String user = "";

    @BeforeAll
    static void logInAdministrator() throws Exception {
        admin = node.login("admin", "admin-demo-pass").get("accessToken").asString();
    }

    @AfterAll
    static void closeOtherNode() {
        other.close();
    }

    @BeforeEach
    void createUser() {
        user = "user-" + UUID.randomUUID();
        node.createAccount(user, PASSWORD, "user");
    }

    private JsonNode login() throws Exception {
        return node.login(user, PASSWORD);
    }

    private JsonNode login(String device) throws Exception {
        String body = "{\"username\":\"%s\",\"password\":\"%s\",\"device\":\"%s\"}".formatted(user, PASSWORD, device);
        return GatewayNode.data(node.call("POST", "/system/auth/login", null, body));
    }

    private static JsonNode get(String path) throws Exception {
        var response = node.call("GET", path, admin, null);
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        return GatewayNode.data(response);
    }

    private static void assertDead(JsonNode pair) throws Exception {
        assertThat(node.proxied(pair.get("accessToken").asString())).isEqualTo(401);
        assertThat(other.proxied(pair.get("accessToken").asString())).isEqualTo(401);
        assertThat(node.refresh(pair.get("refreshToken").asString()).statusCode())
                .isEqualTo(401);
        assertThat(other.refresh(pair.get("refreshToken").asString()).statusCode())
                .isEqualTo(401);
    }

    private static void assertAlive(JsonNode pair) throws Exception {
        assertThat(node.proxied(pair.get("accessToken").asString())).isEqualTo(200);
        assertThat(other.proxied(pair.get("accessToken").asString())).isEqualTo(200);
    }

    @Test
    void sessionPageWhenFilteredThenOnlyWhatFitsIsListed() throws Exception {
        JsonNode phone = login("phone");
        login("laptop");
        String userId = phone.get("userId").asString();

        JsonNode page = get("/system/session/page?username=" + user);
        assertThat(page.get("total").asInt()).isEqualTo(2);
        assertThat(get("/system/session/page?userId=" + userId).get("total").asInt())
                .isEqualTo(2);
        JsonNode phones = get("/system/session/page?device=phone&username=" + user);
        assertThat(phones.get("total").asInt()).isEqualTo(1);
        assertThat(phones.get("list").get(0).get("id")).isEqualTo(phone.get("sessionId"));
        assertThat(phones.toString()).doesNotContain("pca_", "pcr_");
        String ip = phones.get("list").get(0).get("ip").asString();
        assertThat(get("/system/session/page?ip=" + ip + "&username=" + user)
                        .get("total")
                        .asInt())
                .isEqualTo(2);
        assertThat(get("/system/session/page?ip=10.9.8.7&username=" + user)
                        .get("total")
                        .asInt())
                .isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"a/b", "a;b", "a\\b", "..", "%2f", "ünï/code"})
    void userIdWhenItHasOddCharactersThenItsSessionsAreListedAndKicked(String oddId) throws Exception {
        JsonNode pair = login();
        String userId = oddId + "-" + UUID.randomUUID();
        renameUserOf(pair, userId);
        String path = "/system/user/" + URLEncoder.encode(userId, StandardCharsets.UTF_8) + "/sessions";

        assertThat(get(path)).hasSize(1);
        assertThat(GatewayNode.data(node.call("DELETE", path, admin, null)).asInt())
                .isEqualTo(1);
        assertDead(pair);
    }

    private static void renameUserOf(JsonNode pair, String userId) throws Exception {
        try (var connection = GatewayNode.openDatabase();
                var statement = connection.prepareStatement("UPDATE auth_session SET user_id = ? WHERE id = ?")) {
            statement.setString(1, userId);
            statement.setString(2, pair.get("sessionId").asString());
            assertThat(statement.executeUpdate()).isEqualTo(1);
        }
    }

    @Test
    void sessionPageWhenPagedThenEachSessionIsOnOnePage() throws Exception {
        var ids = new HashSet<String>();
        for (int i = 0; i < 3; i++) {
            login();
        }
        for (int pageNo = 1; pageNo <= 3; pageNo++) {
            JsonNode page = get("/system/session/page?pageSize=1&pageNo=" + pageNo + "&username=" + user);
            assertThat(page.get("total").asInt()).isEqualTo(3);
            page.get("list").forEach(session -> ids.add(session.get("id").asString()));
        }
        assertThat(ids).hasSize(3);
        assertThat(get("/system/session/page?pageSize=1&pageNo=4&username=" + user)
                        .get("list")
                        .size())
                .isZero();
    }

    @ParameterizedTest
    @CsvSource({
        "/system/session/page?pageNo=0,pageNo",
        "/system/session/page?pageNo=-1,pageNo",
        "/system/session/page?pageNo=x,pageNo",
        "/system/session/page?pageNo=0x10,pageNo",
        "/system/session/page?pageNo=%2B1,pageNo",
        "/system/session/page?pageNo=%D9%A1,pageNo",
        "/system/session/page?pageNo=1e1,pageNo",
        "/system/session/page?pageNo=%201,pageNo",
        "/system/session/page?pageNo=1&pageNo=2,pageNo",
        "/system/account/page?pageSize=0x10,in digits alone",
        "/system/account/page?pageNo=99999999999,pageNo (expected: a smaller number)",
        "/system/account/page?pageNo=9223372036854775807,at most 18 digits",
        "/system/login-log/page?from=0x10,in digits alone",
        "/system/login-log/page?to=%2B1,in digits alone",
        "/system/session/page?pageSize=0,pageSize",
        "/system/session/page?pageSize=201,pageSize",
        "/system/session/page?pageSize=99999999999,pageSize",
        "/system/login-log/page?type=nothing,login",
        "/system/login-log/page?result=nothing,bad_credentials",
        "/system/login-log/page?from=yesterday,from",
        "/system/login-log/page?from=-1,epoch milliseconds",
        "/system/login-log/page?to=999999999999999,epoch milliseconds",
        "/system/account/page?pageSize=0,pageSize",
    })
    void pageWhenParameterBadThenToldWhatToWrite(String path, String said) throws Exception {
        var response = node.call("GET", path, admin, null);

        assertThat(response.statusCode()).isEqualTo(400);
        assertThat(response.body()).contains(said).contains("\"code\":400").doesNotContain("java.");
    }

    /** A zero in front makes no other base of it. */
    @Test
    void pageWhenNumberBeginsWithZeroThenDecimal() throws Exception {
        assertThat(get("/system/session/page?pageNo=&pageSize=0010&username=" + user)
                        .get("total")
                        .asInt())
                .isEqualTo(get("/system/session/page?pageSize=10&username=" + user)
                        .get("total")
                        .asInt());
    }

    @Test
    void devicesWhenListedThenTheyAreThatUsersOnly() throws Exception {
        JsonNode pair = login("phone");
        JsonNode devices = get("/system/user/" + pair.get("userId").asString() + "/sessions");

        assertThat(devices.size()).isEqualTo(1);
        assertThat(devices.get(0).get("device").asString()).isEqualTo("phone");
        assertThat(get("/system/user/nobody/sessions").size()).isZero();
    }

    @Test
    void kickWhenAnsweredThenThatSessionIsDeadOnBothNodesAndOthersLive() throws Exception {
        JsonNode kicked = login();
        JsonNode kept = login();
        assertAlive(kicked);

        String path = "/system/session/" + kicked.get("sessionId").asString();
        assertThat(node.call("DELETE", path, admin, null).statusCode()).isEqualTo(200);

        assertDead(kicked);
        assertAlive(kept);
        var refused = node.call("GET", "/api/echo/a", kicked.get("accessToken").asString(), null);
        assertThat(refused.body()).contains("1002000021");
    }

    @Test
    void kickWhenAReasonIsGivenThenTheLogShowsIt() throws Exception {
        String path = "/system/session/" + login().get("sessionId").asString();
        String userPath = "/system/user/" + login().get("userId").asString() + "/sessions";

        assertThat(node.call("DELETE", path + "?reason=%F0%9F%94%92%20%3Cb%3Elost%3C/b%3E", admin, null)
                        .statusCode())
                .isEqualTo(200);
        assertThat(node.call("DELETE", userPath + "?reason=", admin, null).statusCode())
                .isEqualTo(200);
        login();
        assertThat(node.call("DELETE", userPath + "?reason=left", admin, null).statusCode())
                .isEqualTo(200);

        JsonNode kicks =
                get("/system/login-log/page?type=kicked&username=" + user).get("list");
        assertThat(kicks.findValues("detail"))
                .extracting(JsonNode::toString)
                .containsExactly("\"left\"", "null", "\"\ud83d\udd12 <b>lost</b>\"");
    }

    @ParameterizedTest
    @ValueSource(strings = {"a%0Ab", "longer"})
    void kickWhenTheReasonIsNoTextOfALineThenRefusedAndTheSessionLives(String reason) throws Exception {
        JsonNode kept = login();
        String query = "?reason=" + reason.replace("longer", "x".repeat(201));

        for (String path : List.of(
                "/system/session/" + kept.get("sessionId").asString(),
                "/system/user/" + kept.get("userId").asString() + "/sessions")) {
            var refused = node.call("DELETE", path + query, admin, null);
            assertThat(refused.statusCode()).isEqualTo(400);
            assertThat(refused.body()).contains("reason (expected: ");
        }

        assertThat(node.proxied(kept.get("accessToken").asString())).isEqualTo(200);
    }

    @ParameterizedTest
    @ValueSource(strings = {"00000000-0000-0000-0000-000000000000", "x", "%E4%BD%A0", "a'%20OR%20'1'='1"})
    void kickWhenSessionUnknownThenNotFound(String id) throws Exception {
        var response = node.call("DELETE", "/system/session/" + id, admin, null);

        assertThat(response.statusCode()).as(response.body()).isEqualTo(404);
    }

    @Test
    void forceKickWhenAnsweredThenAlsoSessionsWithOnlyARefreshTokenAreDead() throws Exception {
        JsonNode first = login();
        JsonNode second = login();
        JsonNode refreshOnly = other.login(user, PASSWORD);
        node.awaitExpiry(refreshOnly.get("accessToken").asString());

        String path = "/system/user/" + first.get("userId").asString() + "/sessions";
        var response = node.call("DELETE", path, admin, null);

        assertThat(GatewayNode.data(response).asInt()).isEqualTo(3);
        assertDead(first);
        assertDead(second);
        assertDead(refreshOnly);
        assertAlive(login());
        assertThat(get("/system/login-log/page?type=kicked&username=" + user)
                        .get("total")
                        .asInt())
                .isEqualTo(3);
    }

    @Test
    void loginLogWhenFilteredThenOnlyWhatFitsIsListed() throws Exception {
        long before = System.currentTimeMillis();
        JsonNode pair = login();
        assertThat(node.login(user, "some-wrong-pass").isNull()).isTrue();
        node.call("POST", "/system/auth/logout", pair.get("accessToken").asString(), null);
        String log = "/system/login-log/page?username=" + user;

        assertThat(get(log).get("total").asInt()).as("with account_created").isEqualTo(4);
        assertThat(get(log + "&type=login").get("total").asInt()).isEqualTo(2);
        assertThat(get(log + "&type=LOGOUT").get("total").asInt()).isEqualTo(1);
        assertThat(get(log + "&result=bad_credentials").get("total").asInt()).isEqualTo(1);
        assertThat(get(log + "&result=bad-credentials&type=logout").get("total").asInt())
                .isZero();
        assertThat(get(log + "&type=login&from=" + before).get("total").asInt()).isEqualTo(2);
        assertThat(get(log + "&type=login&to=" + (before - 1)).get("total").asInt())
                .isZero();
        assertThat(get(log + "&from=" + (before + 3_600_000)).get("total").asInt())
                .isZero();
        assertThat(get(log).toString()).doesNotContain("pca_", "pcr_", "some-wrong-pass");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"/system/session/page", "/system/login-log/page", "/system/account/page", "/system/nothing"})
    void callWhenNoAdminThenRefusedByRfc6750(String path) throws Exception {
        var forbidden = node.call("GET", path, login().get("accessToken").asString(), null);
        var anonymous = node.call("GET", path, null, null);

        assertThat(forbidden.statusCode()).isEqualTo(403);
        assertThat(forbidden.headers().firstValue("WWW-Authenticate").orElse(""))
                .contains("error=\"insufficient_scope\"", "scope=\"admin\"");
        assertThat(anonymous.statusCode()).isEqualTo(401);
        assertThat(anonymous.headers().firstValue("WWW-Authenticate").orElse(""))
                .startsWith("Bearer realm=")
                .doesNotContain("error=");
    }
}
