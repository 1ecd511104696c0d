package io.portcullis.gateway;

import static io.portcullis.gateway.OAuth2Node.basic;
import static io.portcullis.gateway.OAuth2Node.json;
import static org.assertj.core.api.Assertions.assertThat;

import io.portcullis.core.termination.SessionTerminator;
import io.portcullis.testbed.Await;
import java.net.http.HttpResponse;
import java.util.UUID;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

/** Clients that administrators make, rotate and delete. */
class OAuth2ClientAdministrationIT {
    private static final OAuth2Node node = OAuth2Node.shared();
    private static final String CLIENTS = "/system/oauth2-client";

    private static String admin = "";

    private final String id = "c-" + UUID.randomUUID();

    @BeforeAll
    static void logIn() throws Exception {
        admin = node.node().login("admin", "admin-demo-pass").get("accessToken").asString();
    }

    private static HttpResponse<String> call(String method, String path, String body) throws Exception {
        return node.node().call(method, CLIENTS + path, admin, body.isEmpty() ? null : body);
    }

    private String create() throws Exception {
        HttpResponse<String> created = call(
                "POST",
                "",
                "{\"id\":\"%s\",\"grants\":[\"client_credentials\"],\"scopes\":[\"read\"],\"roles\":[\"reader\"]}"
                        .formatted(id));
        assertThat(created.statusCode()).as(created.body()).isEqualTo(200);
        return GatewayNode.data(created).get("secret").asString();
    }

    private HttpResponse<String> token(String secret) throws Exception {
        return node.post("/oauth2/token", basic(id, secret), "grant_type", "client_credentials");
    }

    private String access(String secret) throws Exception {
        return json(token(secret)).get("access_token").asString();
    }

    @Test
    void clientWhenCreatedThenTheSecretIsShownOnceAndWorks() throws Exception {
        String secret = create();

        assertThat(secret).startsWith("pcs_").hasSize(47);
        assertThat(node.node().proxied(access(secret))).isEqualTo(200);
        assertThat(call("GET", "/page", "").body()).contains(id).doesNotContain(secret, "pcs_");
        assertThat(call("POST", "", "{\"id\":\"" + id + "\"}").statusCode()).isEqualTo(409);
        JsonNode log = GatewayNode.data(node.node()
                .call("GET", "/system/login-log/page?type=client_created&username=client:" + id, admin, null));
        assertThat(log.get("list").get(0).get("detail").asString()).contains("reader");
        assertThat(log.toString()).doesNotContain(secret);
    }

    @Test
    void scopesWhenTheClientLosesOneThenUsersGetItNoMore() throws Exception {
        String client = "{\"id\":\"" + id + "\",\"type\":\"public\",\"grants\":[\"refresh_token\"],\"scopes\":[%s]}";
        assertThat(call("POST", "", client.formatted("\"read\",\"write\"")).statusCode())
                .isEqualTo(200);
        String refresh = node.loginThrough(id, "").get("refreshToken").asString();
        String change = "{\"grants\":[\"refresh_token\"],\"status\":\"enabled\",\"scopes\":[%s]}";

        assertThat(call("PUT", "/" + id, change.formatted("\"read\"")).statusCode())
                .isEqualTo(200);
        assertThat(node.refresh("", refresh, "client_id", id, "scope", "write").body())
                .contains("invalid_scope");
        JsonNode limited = json(node.refresh("", refresh, "client_id", id));
        assertThat(node.introspect(limited.get("access_token").asString())
                        .get("scope")
                        .asString())
                .isEqualTo("read");

        refresh = limited.get("refresh_token").asString();
        assertThat(call("PUT", "/" + id, change.formatted("\"other\"")).statusCode())
                .isEqualTo(200);
        assertThat(node.refresh("", refresh, "client_id", id).body()).contains("invalid_scope");
        assertThat(call("PUT", "/" + id, change.formatted("\"read\",\"write\"")).statusCode())
                .isEqualTo(200);
        JsonNode whole = json(node.refresh("", refresh, "client_id", id));
        assertThat(whole.get("scope").asString()).isEqualTo("read write");
    }

    @ParameterizedTest
    @CsvSource({"enabled, ''", "disabled, '\"refresh_token\"'"})
    void refreshTokenWhenTheClientMayRefreshNoMoreThenInactive(String status, String grants) throws Exception {
        String client =
                "{\"id\":\"" + id + "\",\"type\":\"public\",\"grants\":[\"refresh_token\"],\"scopes\":[\"read\"]}";
        assertThat(call("POST", "", client).statusCode()).isEqualTo(200);
        String refresh = node.loginThrough(id, "").get("refreshToken").asString();
        assertThat(node.introspect(refresh).get("active").asBoolean()).isTrue();

        String change = "{\"grants\":[%s],\"status\":\"%s\",\"scopes\":[\"read\"]}".formatted(grants, status);
        assertThat(call("PUT", "/" + id, change).statusCode()).isEqualTo(200);

        assertThat(node.introspect(refresh)).hasToString("{\"active\":false}");
        assertThat(node.refresh("", refresh, "client_id", id).body()).contains("\"error\"");
    }

    @Test
    void secretWhenRotatedThenBothWorkUntilTheOldOneIsRemoved() throws Exception {
        String first = create();
        String opened = access(first);
        String second = GatewayNode.data(call("POST", "/" + id + "/secret", ""))
                .get("secret")
                .asString();
        assertThat(call("POST", "/" + id + "/secret", "").statusCode()).isEqualTo(409);
        assertThat(token(first).statusCode()).isEqualTo(200);
        Await.until("the second secret works", () -> token(second).statusCode() == 200);

        assertThat(call("DELETE", "/" + id + "/secret", "").statusCode()).isEqualTo(200);

        assertThat(token(first).statusCode()).isEqualTo(401);
        assertThat(node.node().proxied(opened))
                .as("session of the removed secret")
                .isEqualTo(401);
        Await.until("the second secret works alone", () -> token(second).statusCode() == 200);
        assertThat(call("DELETE", "/" + id + "/secret", "").statusCode()).isEqualTo(409);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "PUT | {\"status\":\"disabled\",\"grants\":[\"client_credentials\"],\"scopes\":[\"read\"],\"roles\":[\"reader\"]}",
                "DELETE | ''"
            })
    void clientWhenDisabledOrDeletedThenItsSessionsEndAndNoneOpens(String method, String body) throws Exception {
        String secret = create();
        String opened = access(secret);

        assertThat(call(method, "/" + id, body).statusCode()).isEqualTo(200);

        assertThat(node.node().proxied(opened)).isEqualTo(401);
        assertThat(token(secret).statusCode()).isEqualTo(401);
    }

    /** Whoever has a stolen secret opens sessions as fast as possible. One of many sessions cannot end yet. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "PUT | {\"status\":\"disabled\",\"grants\":[\"client_credentials\"],\"scopes\":[\"read\"],\"roles\":[\"reader\"]}",
                "DELETE | ''"
            })
    void clientWhenDisabledOrDeletedThenNoneOpensWhileItsSessionsStillEnd(String method, String body) throws Exception {
        String secret = create();
        String opened = access(secret);
        for (int i = 0; i < SessionTerminator.MAX_ENDS_PER_TRANSACTION; i++) {
            access(secret);
        }
        String oldest = node.introspect(opened).get("sid").asString();
        var stopping = new FutureTask<>(() -> call(method, "/" + id, body));
        try (var database = node.stores().openDatabase();
                var locked = database.prepareStatement("SELECT id FROM auth_session WHERE id = ? FOR UPDATE")) {
            database.setAutoCommit(false);
            locked.setString(1, oldest);
            locked.executeQuery();
            new Thread(stopping).start();

            Await.until("no session opens", () -> token(secret).statusCode() == 401);

            assertThat(stopping.isDone()).isFalse();
            database.rollback();
        }
        assertThat(stopping.get().statusCode()).isEqualTo(200);
        assertThat(node.node().proxied(opened)).isEqualTo(401);
        assertThat(token(secret).statusCode()).isEqualTo(401);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{} | 400",
                "{\"id\":\"a b\"} | 400",
                "{\"id\":\"client:x\"} | 400",
                "{\"id\":\"x\",\"roles\":[\"admin\"]} | 400",
                "{\"id\":\"x\",\"grants\":[\"password\"]} | 400",
                "{\"id\":\"x\",\"grants\":[null]} | 400",
                "{\"id\":\"x\",\"scopes\":[\"a b\"]} | 400",
                "{\"id\":\"x\",\"type\":\"public\",\"grants\":[\"client_credentials\"]} | 400",
                "{\"id\":\"x\",\"accessTtlSeconds\":0} | 400",
                "{\"id\":\"x\",\"accessTtlSeconds\":9223372036854775807} | 400",
                "{\"id\":\"x\",\"secret\":\"chosen\"} | 400",
                "{\"id\":\"reporting\"} | 409"
            })
    void clientWhenValuesAreWrongThenRefused(String body, int status) throws Exception {
        assertThat(call("POST", "", body).statusCode()).isEqualTo(status);
    }

    @Test
    void clientWhenUnknownThenNotFound() throws Exception {
        assertThat(call("DELETE", "/nobody", "").statusCode()).isEqualTo(404);
        assertThat(call("PUT", "/reporting", "{}").statusCode()).isEqualTo(404);
        assertThat(call("POST", "/nobody/secret", "").statusCode()).isEqualTo(404);
    }
}
