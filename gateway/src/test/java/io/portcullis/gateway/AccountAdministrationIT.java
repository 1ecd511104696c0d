package io.portcullis.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.portcullis.testbed.Testbed;
import java.net.http.HttpResponse;
import java.util.UUID;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** Account administration over HTTP, and what it does to the account's sessions. */
class AccountAdministrationIT {
    private static final GatewayNode node = GatewayNode.shared();
    private static final String PASSWORD = "some-demo-pass";

    private static String admin = "";

    private final String user = "user-" + UUID.randomUUID();

    @BeforeAll
    static void logInAdministrator() throws Exception {
        admin = node.login("admin", "admin-demo-pass").get("accessToken").asString();
    }

    private HttpResponse<String> create() throws Exception {
        String body = "{\"username\":\"%s\",\"password\":\"%s\",\"roles\":[\"editor\"]}".formatted(user, PASSWORD);
        return node.call("POST", "/system/account", admin, body);
    }

    private static int put(String path, String body) throws Exception {
        return node.call("PUT", path, admin, body).statusCode();
    }

    private static void assertDead(JsonNode pair) throws Exception {
        assertThat(node.proxied(pair.get("accessToken").asString())).isEqualTo(401);
        assertThat(node.refresh(pair.get("refreshToken").asString()).statusCode())
                .isEqualTo(401);
    }

    @Test
    void createWhenNewThenItCanLogInAndIsListedWithoutItsPassword() throws Exception {
        var created = create();

        assertThat(created.statusCode()).isEqualTo(200);
        assertThat(created.body()).doesNotContain(PASSWORD, "bcrypt", "argon");
        assertThat(node.proxied(node.login(user, PASSWORD).get("accessToken").asString()))
                .isEqualTo(200);
        var page = node.call("GET", "/system/account/page?username=" + user, admin, null);
        assertThat(GatewayNode.data(page).get("total").asInt()).isEqualTo(1);
        assertThat(page.body()).contains("editor").doesNotContain(PASSWORD, "bcrypt", "argon");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "'roles':['user'],'roles':['admin'] | field roles (expected: once)",
                "'username':'other'                 | field username (expected: once)",
                "'roles':[1]                        | expected",
                "'roles':[true]                     | expected",
                "'userType':1                       | expected",
                "'unknown':1                        | unknown field unknown (expected: username, password, roles, userType, tenantId)"
            })
    void createWhenBodyIsAmbiguousThenToldSoAndNothingIsMade(String more, String said) throws Exception {
        String body = "{'username':'%s','password':'%s',%s}"
                .formatted(user, PASSWORD, more)
                .replace('\'', '"');

        var refused = node.call("POST", "/system/account", admin, body);

        assertThat(refused.statusCode()).isEqualTo(400);
        assertThat(refused.body()).contains(said).contains("\"code\":400").doesNotContain("tools.jackson");
        assertThat(create().statusCode()).isEqualTo(200);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"username\":1,\"password\":\"some-demo-pass\"}",
                "{\"username\":\"x\",\"password\":12345678}",
                "{\"username\":\"x\",\"password\":\"1234567\\ud800\"}",
                "{\"username\":\"x\\ud800\",\"password\":\"some-demo-pass\"}",
                "{\"username\":\"ad\\u202emin\",\"password\":\"some-demo-pass\"}"
            })
    void createWhenATextIsNoneThenBadRequest(String body) throws Exception {
        assertThat(node.call("POST", "/system/account", admin, body).statusCode())
                .isEqualTo(400);
    }

    @Test
    void passwordWhenABodyIsAmbiguousThenNothingChanges() throws Exception {
        String id = GatewayNode.data(create()).get("id").asString();
        JsonNode pair = node.login(user, PASSWORD);

        assertThat(put(
                        "/system/account/" + id + "/password",
                        "{\"password\":\"another-demo-pass\",\"password\":\"a-third-demo-pass\"}"))
                .isEqualTo(400);
        assertThat(put(
                        "/system/account/" + id + "/password",
                        "{\"newPassword\":\"another-demo-pass\",\"password\":\"a-third-demo-pass\"}"))
                .isEqualTo(400);
        assertThat(node.call(
                                "PUT",
                                "/system/auth/password",
                                pair.get("accessToken").asString(),
                                "{\"currentPassword\":\"%s\",\"newPassword\":\"another-demo-pass\",\"newPassword\":\"x\"}"
                                        .formatted(PASSWORD))
                        .body())
                .contains("field newPassword (expected: once)");
        assertThat(put("/system/account/" + id + "/status", "{\"status\":\"disabled\",\"status\":\"enabled\"}"))
                .isEqualTo(400);
        assertThat(tryLogin(PASSWORD)).contains("\"code\":0");
    }

    @Test
    void createWhenUsernameTakenThenConflict() throws Exception {
        create();
        var second = create();

        assertThat(second.statusCode()).isEqualTo(409);
        assertThat(second.body()).contains("1002000003");
    }

    @Test
    void disableWhenAnsweredThenSessionsAreDeadAndLoginIsRefused() throws Exception {
        String id = GatewayNode.data(create()).get("id").asString();
        JsonNode pair = node.login(user, PASSWORD);

        assertThat(put("/system/account/" + id + "/status", "{\"status\":\"disabled\"}"))
                .isEqualTo(200);

        assertDead(pair);
        assertThat(tryLogin(PASSWORD)).contains("\"code\":1002000001");
        assertThat(tryLogin("another-demo-pass")).contains("\"code\":1002000000");
        assertThat(put("/system/account/" + id + "/status", "{\"status\":\"enabled\"}"))
                .isEqualTo(200);
        assertDead(pair);
        assertThat(tryLogin(PASSWORD)).contains("\"code\":0");
    }

    private String tryLogin(String password) throws Exception {
        String body = "{\"username\":\"%s\",\"password\":\"%s\"}".formatted(user, password);
        return node.call("POST", "/system/auth/login", null, body).body();
    }

    @ParameterizedTest
    @ValueSource(strings = {"newPassword", "password"})
    void passwordResetWhenAnsweredThenSessionsAndOldPasswordAreDead(String field) throws Exception {
        String id = GatewayNode.data(create()).get("id").asString();
        JsonNode pair = node.login(user, PASSWORD);

        assertThat(put("/system/account/" + id + "/password", "{\"%s\":\"another-demo-pass\"}".formatted(field)))
                .isEqualTo(200);

        assertDead(pair);
        assertThat(tryLogin(PASSWORD)).contains("\"code\":1002000000");
        assertThat(tryLogin("another-demo-pass")).contains("\"code\":0");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"{\"status\":\"gone\"}", "{\"status\":null}", "{}", "[]", "{\"status\":\"enabled\",\"x\":1}", ""
            })
    void statusWhenBodyBadThenToldSo(String body) throws Exception {
        assertThat(put("/system/account/x/status", body)).isEqualTo(400);
    }

    /** On a database of its own: other tests of the shared one may make administrators. */
    @Test
    void disableWhenLastActiveAdministratorThenConflictWithASentence() throws Exception {
        String database = Testbed.shared().database().createDatabase();
        try (var own = GatewayNode.start("--spring.r2dbc.url=" + database)) {
            String token =
                    own.login("admin", "admin-demo-pass").get("accessToken").asString();
            String id = GatewayNode.data(own.call("GET", "/system/account/page", token, null))
                    .get("list")
                    .get(0)
                    .get("id")
                    .asString();

            var refused = own.call("PUT", "/system/account/" + id + "/status", token, "{\"status\":\"disabled\"}");

            assertThat(refused.statusCode()).isEqualTo(409);
            assertThat(refused.body()).contains("\"code\":409,", "the last active administrator");
            assertThat(own.call("GET", "/system/account/page", token, null).statusCode())
                    .isEqualTo(200);
        }
    }

    @Test
    void passwordWhenAgainstTheRulesThenToldSoAndTheOldOneHolds() throws Exception {
        String id = GatewayNode.data(create()).get("id").asString();
        String access = node.login(user, PASSWORD).get("accessToken").asString();
        String own = "{\"currentPassword\":\"%s\",\"newPassword\":\"%s1\"}".formatted(PASSWORD, user);

        var made = node.call("POST", "/system/account", admin, "{\"username\":\"x\",\"password\":\"Password1\"}");
        var reset = node.call("PUT", "/system/account/" + id + "/password", admin, "{\"newPassword\":\"iloveyou\"}");
        var changed = node.call("PUT", "/system/auth/password", access, own);

        assertThat(made.statusCode()).isEqualTo(400);
        assertThat(made.body()).contains("password: too common");
        assertThat(reset.statusCode()).isEqualTo(400);
        assertThat(reset.body()).contains("password: too common");
        assertThat(changed.statusCode()).isEqualTo(400);
        assertThat(changed.body()).contains("password: little more than the username");
        assertThat(tryLogin(PASSWORD)).contains("\"code\":0");
    }

    @Test
    void rolesWhenChangedThenSessionsAreDeadAndTheLogSaysFromWhatToWhat() throws Exception {
        String id = GatewayNode.data(create()).get("id").asString();
        JsonNode pair = node.login(user, PASSWORD);

        assertThat(put("/system/account/" + id + "/roles", "{\"roles\":[\"reader\",\"author\"]}"))
                .isEqualTo(200);

        assertDead(pair);
        assertThat(node.get(
                                "/api/echo/a",
                                "Authorization",
                                "Bearer " + pair.get("accessToken").asString())
                        .body())
                .contains("1002000027");
        JsonNode entry = changeInLog("roles_changed");
        assertThat(entry.get("userId").asString()).isEqualTo(id);
        assertThat(entry.get("actor").asString()).isEqualTo(adminId());
        assertThat(entry.get("ip").asString()).isEqualTo("127.0.0.1");
        assertThat(entry.get("detail").asString()).isEqualTo("roles [editor] to [author, reader]");
        assertThat(changeInLog("account_created").get("detail").asString()).isEqualTo("roles [editor], user type user");
    }

    @Test
    void deleteWhenAnsweredThenSessionsAreDeadAndTheNameIsFree() throws Exception {
        String id = GatewayNode.data(create()).get("id").asString();
        JsonNode pair = node.login(user, PASSWORD);

        assertThat(node.call("DELETE", "/system/account/" + id, admin, null).statusCode())
                .isEqualTo(200);

        assertDead(pair);
        assertThat(node.get(
                                "/api/echo/a",
                                "Authorization",
                                "Bearer " + pair.get("accessToken").asString())
                        .body())
                .contains("1002000028");
        assertThat(tryLogin(PASSWORD)).contains("\"code\":1002000000");
        assertThat(node.call("DELETE", "/system/account/" + id, admin, null).statusCode())
                .isEqualTo(404);
        assertThat(changeInLog("account_deleted").get("actor").asString()).isEqualTo(adminId());
        assertThat(GatewayNode.data(create()).get("id").asString()).isNotEqualTo(id);
    }

    private static String adminId() throws Exception {
        return GatewayNode.data(node.call("GET", "/system/auth/me", admin, null))
                .get("userId")
                .asString();
    }

    /** Returns the log entry of this type that is about the account and not about a session of it. */
    private JsonNode changeInLog(String type) throws Exception {
        var page = node.call("GET", "/system/login-log/page?type=" + type + "&username=" + user, admin, null);
        assertThat(page.body()).doesNotContain(PASSWORD, "bcrypt");
        for (JsonNode entry : GatewayNode.data(page).get("list")) {
            if (entry.get("sessionId").isNull()) {
                return entry;
            }
        }
        throw new AssertionError("no entry of the type " + type + ": " + page.body());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "{\"roles\":null}",
                "{\"roles\":[null]}",
                "{\"roles\":\"user\"}",
                "{\"roles\":[1]}",
                "{\"roles\":[\"a b\"]}",
                "{\"roles\":[\"a,b\"]}",
                "{\"roles\":[],\"x\":1}",
                "{\"roles\":[],\"roles\":[\"admin\"]}",
                "[]"
            })
    void rolesWhenTheBodyIsBadThenNothingChanges(String body) throws Exception {
        String id = GatewayNode.data(create()).get("id").asString();

        assertThat(put("/system/account/" + id + "/roles", body)).isEqualTo(400);

        assertThat(node.call("GET", "/system/account/page?username=" + user, admin, null)
                        .body())
                .contains("[\"editor\"]");
    }

    @Test
    void changeWhenAccountUnknownThenNotFound() throws Exception {
        assertThat(put("/system/account/x/status", "{\"status\":\"enabled\"}")).isEqualTo(404);
        assertThat(put("/system/account/x/roles", "{\"roles\":[]}")).isEqualTo(404);
        assertThat(node.call("DELETE", "/system/account/x", admin, null).statusCode())
                .isEqualTo(404);
        assertThat(put("/system/account/x/password", "{\"password\":\"another-demo-pass\"}"))
                .isEqualTo(404);
    }
}
