package io.portcullis.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpResponse;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.security.crypto.bcrypt.BCryptPasswordEncoder;
import tools.jackson.databind.JsonNode;

/** Tests logins before a user table in which usernames are unique within a tenant only. */
class TenantLoginIT {
    private static final String QUERY =
            "SELECT id, username, password, status, roles, 'member', tenant_id FROM tenant_user"
                    + " WHERE username = :username AND tenant_id = :tenant";

    private static GatewayNode node;

    @BeforeAll
    static void start() throws SQLException {
        var encoder = new BCryptPasswordEncoder(4);
        String one = encoder.encode("pass-of-one");
        String two = encoder.encode("pass-of-two");
        update(
                "CREATE TABLE tenant_user (id BIGINT PRIMARY KEY, username VARCHAR(30), password VARCHAR(100), status INT,"
                        + " roles VARCHAR(99), tenant_id BIGINT)");
        update("INSERT INTO tenant_user VALUES (1, 'zhang', '" + one + "', 0, 'user', 1), (2, 'zhang', '" + two
                + "', 0, 'user', 2), (3, 'moved', '" + one + "', 0, 'user', 1), (4, 'throttled', '" + one
                + "', 0, 'user', 1), (5, 'throttled', '" + two + "', 0, 'user', 2), (6, 'own', '" + one
                + "', 0, 'user', 1)");
        node = GatewayNode.start(
                "--portcullis.account.query=" + QUERY,
                "--portcullis.account.enabled-values=0",
                "--portcullis.login.tenant-header=tenant-id");
    }

    @AfterAll
    static void stop() throws SQLException {
        node.close();
        update("DROP TABLE tenant_user");
    }

    private static void update(String sql) throws SQLException {
        try (Connection connection = GatewayNode.openDatabase();
                Statement statement = connection.createStatement()) {
            statement.executeUpdate(sql);
        }
    }

    private static HttpResponse<String> login(String username, String password, String... headers) throws Exception {
        var request = node.loginRequest(username, password);
        return GatewayNode.send(headers.length == 0 ? request : request.headers(headers));
    }

    private static JsonNode me(JsonNode pair) throws Exception {
        return GatewayNode.data(
                node.call("GET", "/system/auth/me", pair.get("accessToken").asString(), null));
    }

    @ParameterizedTest
    @CsvSource({
        "1, pass-of-one, 0, 1",
        "2, pass-of-two, 0, 2",
        "1, pass-of-two, 1002000000,",
        "2, pass-of-one, 1002000000,",
        "3, pass-of-one, 1002000000,",
        "01, pass-of-one, 1002000000,",
        "1x, pass-of-one, 1002000000,"
    })
    void loginWhenTheHeaderNamesATenantThenItsAccountAlone(String tenant, String password, int code, String userId)
            throws Exception {
        var response = login("zhang", password, "tenant-id", tenant);

        assertThat(response.body()).contains("\"code\":" + code + ",");
        if (userId != null) {
            JsonNode me = me(GatewayNode.data(response));
            assertThat(me.get("userId").asString()).isEqualTo(userId);
            assertThat(me.get("tenantId").asString()).isEqualTo(tenant);
        }
    }

    @Test
    void loginWhenTheHeaderIsMissingOrUnusableThenASentenceSaysSo() throws Exception {
        var missing = login("zhang", "pass-of-one");
        assertThat(missing.statusCode()).isEqualTo(400);
        assertThat(missing.body()).contains("1002000008", "header tenant-id");
        assertThat(login("zhang", "pass-of-one", "tenant-id", "").body()).contains("1002000008");
        assertThat(login("zhang", "pass-of-one", "tenant-id", "1", "tenant-id", "2")
                        .body())
                .contains("\"code\":400", "once");
        assertThat(login("zhang", "pass-of-one", "tenant-id", "1".repeat(65)).body())
                .contains("\"code\":400", "1 to 64 characters");
    }

    @Test
    void refreshWhenUsernamesRepeatThenTheSessionKeepsItsUser() throws Exception {
        JsonNode first = GatewayNode.data(login("zhang", "pass-of-two", "tenant-id", "2"));

        JsonNode second =
                GatewayNode.data(node.refresh(first.get("refreshToken").asString()));

        assertThat(me(second).get("userId").asString()).isEqualTo("2");
        assertThat(me(second).get("tenantId").asString()).isEqualTo("2");
    }

    @Test
    void refreshWhenTheAccountMovedToAnotherTenantThenTheSessionEnds() throws Exception {
        JsonNode pair = GatewayNode.data(login("moved", "pass-of-one", "tenant-id", "1"));
        update("UPDATE tenant_user SET tenant_id = 2 WHERE id = 3");

        var refused = node.refresh(pair.get("refreshToken").asString());

        assertThat(refused.statusCode()).isEqualTo(401);
        assertThat(node.proxied(pair.get("accessToken").asString())).isEqualTo(401);
        assertThat(login("moved", "pass-of-one", "tenant-id", "1").body()).contains("1002000000");
        JsonNode moved = GatewayNode.data(login("moved", "pass-of-one", "tenant-id", "2"));
        assertThat(me(moved).get("tenantId").asString()).isEqualTo("2");
    }

    /** With ten wrong passwords, the name is refused at the address, but not the same name of the other tenant. */
    @Test
    void loginGivenWrongPasswordsInOneTenantThenTheOtherIsNotThrottled() throws Exception {
        for (int i = 0; i < 10; i++) {
            assertThat(login("throttled", "wrong-" + i, "tenant-id", "1").statusCode())
                    .isEqualTo(400);
        }

        assertThat(login("throttled", "pass-of-one", "tenant-id", "1").statusCode())
                .isEqualTo(429);
        assertThat(login("throttled", "pass-of-two", "tenant-id", "2").statusCode())
                .isEqualTo(200);
        assertThat(GatewayNode.count(
                        "SELECT COUNT(*) FROM login_log WHERE username = 'throttled' AND tenant_id = ?"
                                + " AND result = 'BAD_CREDENTIALS'",
                        "1"))
                .isEqualTo(10);
    }

    @Test
    void consoleLoginWhenNoTenantIsNamedThenItsCodeAsksForOne() throws Exception {
        String body = "{\"username\":\"zhang\",\"password\":\"pass-of-one\"%s}";

        var missing = node.call("POST", "/console/api/console/login", null, body.formatted(""));
        var named = node.call("POST", "/console/api/console/login", null, body.formatted(",\"tenant\":\"1\""));

        assertThat(missing.body()).contains("1002000008");
        assertThat(named.statusCode()).isEqualTo(403);
    }
}
