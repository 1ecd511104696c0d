package io.portcullis.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URLEncoder;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** Tests account administration with unusual ids, roles and passwords, and by administrators who change their own accounts. */
@Tag("database-independent")
class AccountInputIT {
    private static final GatewayNode node = GatewayNode.shared();
    private static final String PASSWORD = "some-demo-pass";

    private static String admin = "";

    private final String user = "user-" + UUID.randomUUID();

    @BeforeAll
    static void logInAdministrator() throws Exception {
        admin = node.login("admin", "admin-demo-pass").get("accessToken").asString();
    }

    private static HttpResponse<String> put(String path, String body) throws Exception {
        return node.call("PUT", path, admin, body);
    }

    private HttpResponse<String> create(String password, String roles) throws Exception {
        String body = "{\"username\":\"%s\",\"password\":\"%s\",\"roles\":[%s]}".formatted(user, password, roles);
        return node.call("POST", "/system/account", admin, body);
    }

    private String rolesOf(String token) throws Exception {
        return GatewayNode.data(node.call("GET", "/system/auth/me", token, null))
                .get("roles")
                .toString();
    }

    /** Imported accounts may have ids with characters that separate the segments of a path. */
    @ParameterizedTest
    @ValueSource(strings = {"a/b", "a;b", "a\\b", "..", "%2f", "ünï/code"})
    void changeWhenTheIdHasOddCharactersThenThatAccountChanges(String oddId) throws Exception {
        node.createAccount(user, PASSWORD, "user");
        String id = oddId + "-" + UUID.randomUUID();
        setId(id);
        String path = "/system/account/" + URLEncoder.encode(id, StandardCharsets.UTF_8);

        assertThat(put(path + "/status", "{\"status\":\"disabled\"}").statusCode())
                .isEqualTo(200);
        assertThat(put(path + "/status", "{\"status\":\"enabled\"}").statusCode())
                .isEqualTo(200);
        assertThat(put(path + "/roles", "{\"roles\":[\"reader\"]}").statusCode())
                .isEqualTo(200);
        assertThat(put(path + "/password", "{\"newPassword\":\"another-demo-pass\"}")
                        .statusCode())
                .isEqualTo(200);
        JsonNode pair = node.login(user, "another-demo-pass");
        assertThat(pair.get("userId").asString()).isEqualTo(id);
        assertThat(rolesOf(pair.get("accessToken").asString())).isEqualTo("[\"reader\"]");
        assertThat(node.call("DELETE", path, admin, null).statusCode()).isEqualTo(200);
        assertThat(node.proxied(pair.get("accessToken").asString())).isEqualTo(401);
    }

    private void setId(String id) throws Exception {
        try (var connection = GatewayNode.openDatabase();
                var statement = connection.prepareStatement("UPDATE account SET id = ? WHERE username = ?")) {
            statement.setString(1, id);
            statement.setString(2, user);
            assertThat(statement.executeUpdate()).isEqualTo(1);
        }
    }

    /** Another administrator is left, so each of these changes is allowed, and the next call says what happened. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "DELETE | /system/session/{sessionId}        |                            | 1002000021",
                "DELETE | /system/user/{userId}/sessions     |                            | 1002000021",
                "PUT    | /system/account/{userId}/status    | {'status':'disabled'}      | 1002000025",
                "PUT    | /system/account/{userId}/password  | {'newPassword':'any-pass'} | 1002000026",
                "PUT    | /system/account/{userId}/roles     | {'roles':['user']}         | 1002000027",
                "DELETE | /system/account/{userId}           |                            | 1002000028"
            })
    void changeWhenAnAdministratorDoesItToThemselvesThenDoneAndTheNextCallTellsIt(
            String method, String path, @Nullable String body, String code) throws Exception {
        node.createAccount(user, PASSWORD, "admin");
        JsonNode own = node.login(user, PASSWORD);
        String token = own.get("accessToken").asString();
        String target = path.replace("{userId}", own.get("userId").asString())
                .replace("{sessionId}", own.get("sessionId").asString());

        var done = node.call(method, target, token, body == null ? null : body.replace('\'', '"'));

        assertThat(done.statusCode()).as(done.body()).isEqualTo(200);
        var next = node.call("GET", "/system/account/page", token, null);
        assertThat(next.statusCode()).isEqualTo(401);
        assertThat(next.body()).contains("\"code\":" + code);
        assertThat(GatewayNode.count(
                        "SELECT COUNT(*) FROM login_log WHERE username = ? AND actor = user_id"
                                + " AND type IN ('KICKED','ACCOUNT_DISABLED','PASSWORD_CHANGED','ROLES_CHANGED','ACCOUNT_DELETED')"
                                + " AND session_id IS NOT NULL",
                        user))
                .isEqualTo(1);
    }

    @Test
    void rolesWhenThereAreAThousandThenToldHowManyAndNothingChanges() throws Exception {
        String id = GatewayNode.data(create(PASSWORD, "\"editor\"")).get("id").asString();
        String many = IntStream.range(0, 1_000).mapToObj(i -> "\"r" + i + "\"").collect(Collectors.joining(","));

        var refused = put("/system/account/" + id + "/roles", "{\"roles\":[" + many + "]}");

        assertThat(refused.statusCode()).isEqualTo(400);
        assertThat(refused.body()).contains("at most 16");
        assertThat(node.call("GET", "/system/account/page?username=" + user, admin, null)
                        .body())
                .contains("[\"editor\"]");
    }

    /** A service compares roles as they are written, and so does the gateway. */
    @Test
    void rolesWhenInAnotherCaseThenAnotherRole() throws Exception {
        String id = GatewayNode.data(create(PASSWORD, "")).get("id").asString();

        assertThat(put("/system/account/" + id + "/roles", "{\"roles\":[\"Admin\",\"ADMIN\"]}")
                        .statusCode())
                .isEqualTo(200);

        String token = node.login(user, PASSWORD).get("accessToken").asString();
        assertThat(rolesOf(token)).contains("\"ADMIN\"", "\"Admin\"");
        assertThat(node.call("GET", "/system/account/page", token, null).statusCode())
                .isEqualTo(403);
    }

    @ParameterizedTest
    @CsvSource({
        "7sevenc, at least 8 characters",
        "😀😀😀😀😀😀😀, at least 8 characters",
        "x123456789x123456789x123456789x123456789x123456789x123456789x123456789x123456789, at most 72 bytes",
        "密码密码密码密码密码密码密码密码密码密码密码密码密码, at most 72 bytes",
        "Password1, too common",
        "qwertyuiop, too common"
    })
    void createWhenThePasswordIsUnfitThenToldWhy(String password, String said) throws Exception {
        var refused = create(password, "");

        assertThat(refused.statusCode()).as(refused.body()).isEqualTo(400);
        assertThat(refused.body()).contains("password: ", said).doesNotContain(password);
    }

    @ParameterizedTest
    @ValueSource(strings = {"🐎 пароль und staple", "😀😁😂🤣😃😄😅😆", "        spaces in front", "密码密码密码密码"})
    void createWhenThePasswordHasEmojiOrSpacesThenItIsTakenAsItIs(String password) throws Exception {
        assertThat(create(password, "").statusCode()).isEqualTo(200);

        assertThat(node.login(user, password).get("accessToken").asString()).startsWith("pca_");
        assertThat(node.login(user, password.strip() + "x").isNull()).isTrue();
    }
}
