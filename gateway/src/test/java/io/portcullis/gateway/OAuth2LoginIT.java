package io.portcullis.gateway;

import static io.portcullis.gateway.OAuth2Node.APP;
import static io.portcullis.gateway.OAuth2Node.OTHER;
import static io.portcullis.gateway.OAuth2Node.OTHER_SECRET;
import static io.portcullis.gateway.OAuth2Node.REPORTING;
import static io.portcullis.gateway.OAuth2Node.SECRET;
import static io.portcullis.gateway.OAuth2Node.basic;
import static io.portcullis.gateway.OAuth2Node.json;
import static org.assertj.core.api.Assertions.assertThat;

import io.portcullis.testbed.Await;
import io.portcullis.testbed.InnoDbTransactions;
import java.net.http.HttpResponse;
import java.util.UUID;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

/** Logins of users through an OAuth 2 client. */
class OAuth2LoginIT {
    private static final OAuth2Node node = OAuth2Node.shared();

    private static int code(HttpResponse<String> response) {
        return json(response).get("code").asInt();
    }

    @Test
    void loginWhenThroughAConfidentialClientThenTheSessionIsThatClients() throws Exception {
        JsonNode pair = json(node.tryLogin(REPORTING, SECRET, "read")).get("data");
        String access = pair.get("accessToken").asString();
        String refresh = pair.get("refreshToken").asString();

        JsonNode introspected = node.introspect(access);
        assertThat(introspected.get("client_id").asString()).isEqualTo(REPORTING);
        assertThat(introspected.get("scope").asString()).isEqualTo("read");
        assertThat(introspected.get("exp").asLong() - introspected.get("iat").asLong())
                .as("life of the client")
                .isEqualTo(600);
        assertThat(node.node().call("GET", "/api/echo/a", access, null).body())
                .contains("\"X-Client-Id\":[\"" + REPORTING + "\"]", "\"X-Scopes\":[\"read\"]");
        assertThat(node.node().refresh(refresh).statusCode()).isEqualTo(401);
        assertThat(node.refresh(basic(OTHER, OTHER_SECRET), refresh).statusCode())
                .isEqualTo(400);
        assertThat(node.refresh(basic(REPORTING, SECRET), refresh).statusCode()).isEqualTo(200);
    }

    @Test
    void loginWhenNoScopeIsAskedThenAllOfTheClient() throws Exception {
        JsonNode pair = node.loginThrough(APP, "");

        assertThat(node.introspect(pair.get("accessToken").asString())
                        .get("scope")
                        .asString())
                .isEqualTo("read write");
        assertThat(node.node().refresh(pair.get("refreshToken").asString()).statusCode())
                .as("a public client")
                .isEqualTo(200);
    }

    @ParameterizedTest
    @CsvSource({
        "reporting, '', read, 1002000041",
        "reporting, wrong, read, 1002000041",
        "reporting, other-secret-0123456789-0123456789, read, 1002000041",
        "app, secret-of-a-public-client, read, 1002000041",
        "unknown, '', '', 1002000041",
        "%00:%, '', '', 1002000041",
        "other-service, other-secret-0123456789-0123456789, '', 1002000041",
        "app, '', admin, 1002000040",
        "app, '', read admin, 1002000040",
        "'', secret, '', 400",
        "'', '', read, 400",
    })
    void loginWhenTheClientIsRefusedThenNoSession(String clientId, String secret, String scope, int expected)
            throws Exception {
        long before = sessions();

        HttpResponse<String> response = node.tryLogin(clientId, secret, scope);

        assertThat(code(response)).as(response.body()).isEqualTo(expected);
        assertThat(response.body()).doesNotContain("pca_", "secret-0123");
        assertThat(sessions()).isEqualTo(before);
    }

    /** The client is enabled when it is looked up, and disabled when the transaction of the login reads it again. */
    @Test
    void loginWhenTheClientIsDisabledMeanwhileThenRefused() throws Exception {
        String id = "c-" + UUID.randomUUID();
        String admin =
                node.node().login("admin", "admin-demo-pass").get("accessToken").asString();
        String client = "{\"id\":\"%s\",\"type\":\"public\",\"grants\":[\"refresh_token\"]}".formatted(id);
        assertThat(node.node()
                        .call("POST", "/system/oauth2-client", admin, client)
                        .statusCode())
                .isEqualTo(200);
        assertThat(code(node.tryLogin(id, "", ""))).isZero();
        long before = sessions();
        var login = new FutureTask<>(() -> node.tryLogin(id, "", ""));
        try (var database = node.stores().openDatabase();
                var statement = database.createStatement()) {
            database.setAutoCommit(false);
            statement.executeUpdate("UPDATE oauth_client SET status = 'DISABLED' WHERE id = '" + id + "'");
            new Thread(login).start();
            try (var other = node.stores().openDatabase()) {
                Await.until("the login waits for the row", InnoDbTransactions.waiting(other));
            }
            database.commit();
        }

        assertThat(code(login.get())).isEqualTo(1002000041);
        assertThat(sessions()).isEqualTo(before);
    }

    @Test
    void loginWhenScopeIsNamedTwiceThenOnce() throws Exception {
        JsonNode pair = node.loginThrough(APP, " read  read ");

        assertThat(node.introspect(pair.get("accessToken").asString())
                        .get("scope")
                        .asString())
                .isEqualTo("read");
    }

    private static long sessions() throws Exception {
        try (var database = node.stores().openDatabase();
                var rows = database.createStatement().executeQuery("SELECT COUNT(*) FROM auth_session")) {
            rows.next();
            return rows.getLong(1);
        }
    }
}
