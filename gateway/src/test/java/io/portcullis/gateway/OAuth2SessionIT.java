package io.portcullis.gateway;

import static io.portcullis.gateway.OAuth2Node.APP;
import static io.portcullis.gateway.OAuth2Node.OTHER;
import static io.portcullis.gateway.OAuth2Node.OTHER_SECRET;
import static io.portcullis.gateway.OAuth2Node.REPORTING;
import static io.portcullis.gateway.OAuth2Node.SECRET;
import static io.portcullis.gateway.OAuth2Node.basic;
import static io.portcullis.gateway.OAuth2Node.json;
import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpResponse;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** Sessions that belong to a client: nobody else uses their refresh tokens or revokes their tokens. */
class OAuth2SessionIT {
    private static final OAuth2Node node = OAuth2Node.shared();
    private static final String GOOD = basic(REPORTING, SECRET);

    private static String refreshToken(JsonNode pair) {
        return pair.get(pair.has("refreshToken") ? "refreshToken" : "refresh_token")
                .asString();
    }

    private static String accessToken(JsonNode pair) {
        return pair.get(pair.has("accessToken") ? "accessToken" : "access_token")
                .asString();
    }

    private static void assertError(HttpResponse<String> response, int status, String error) {
        assertThat(response.statusCode()).as(response.body()).isEqualTo(status);
        assertThat(json(response).get("error").asString()).isEqualTo(error);
    }

    @Test
    void refreshWhenSessionIsOfAConfidentialClientThenOnlyThatClient() throws Exception {
        JsonNode pair = node.loginThrough(REPORTING, "read write");

        assertError(node.refresh("", refreshToken(pair)), 400, "invalid_grant");
        assertError(node.refresh("", refreshToken(pair), "client_id", APP), 400, "invalid_grant");
        assertError(node.refresh("", refreshToken(pair), "client_id", REPORTING), 401, "invalid_client");
        assertError(node.refresh(basic(OTHER, OTHER_SECRET), refreshToken(pair)), 400, "unauthorized_client");
        assertThat(node.node().refresh(refreshToken(pair)).statusCode())
                .as("the endpoint of front ends")
                .isEqualTo(401);

        JsonNode next = json(node.refresh(GOOD, refreshToken(pair)));
        assertThat(next.get("expires_in").asLong()).as("life of the client").isBetween(590L, 600L);
        assertThat(next.get("scope").asString()).isEqualTo("read write");
        assertError(node.refresh("", refreshToken(pair)), 400, "invalid_grant");
        assertThat(json(node.refresh(GOOD, refreshToken(pair))))
                .as("within grace")
                .isEqualTo(next);
        assertThat(node.introspect(accessToken(next)).get("client_id").asString())
                .isEqualTo(REPORTING);
        JsonNode refresh = node.introspect(refreshToken(next));
        assertThat(refresh.get("exp").asLong() - System.currentTimeMillis() / 1000)
                .isBetween(7100L, 7201L);
        assertThat(node.introspect(refreshToken(pair)).toString()).isEqualTo("{\"active\":false}");
    }

    @Test
    void refreshWhenAnotherClientRacesThenItGetsNothingOfTheOne() throws Exception {
        JsonNode pair = node.loginThrough(REPORTING, "read");
        for (int round = 0; round < 5; round++) {
            String token = refreshToken(pair);
            var wrong = new FutureTask<>(() -> node.refresh("", token, "client_id", APP));
            Thread other = new Thread(wrong);
            other.start();
            pair = json(node.refresh(GOOD, token));

            assertThat(pair.has("access_token")).isTrue();
            assertError(wrong.get(), 400, "invalid_grant");
        }
    }

    @Test
    void refreshWhenScopeIsNarrowedThenTheNextMayHaveAllAgain() throws Exception {
        JsonNode pair = node.loginThrough(APP, "read write");

        assertError(
                node.refresh("", refreshToken(pair), "client_id", APP, "scope", "read admin"), 400, "invalid_scope");
        JsonNode narrow = json(node.refresh("", refreshToken(pair), "client_id", APP, "scope", "read"));
        assertThat(narrow.get("scope").asString()).isEqualTo("read");
        assertThat(node.introspect(accessToken(narrow)).get("scope").asString()).isEqualTo("read");
        assertThat(node.node()
                        .call("GET", "/api/echo/a", accessToken(narrow), null)
                        .body())
                .contains("\"X-Scopes\":[\"read\"]");
        JsonNode again = json(node.refresh("", refreshToken(pair), "client_id", APP));
        assertThat(again.get("scope").asString())
                .as("the same pair, within grace")
                .isEqualTo("read");
        JsonNode whole = json(node.refresh("", refreshToken(narrow), "client_id", APP));
        assertThat(whole.get("scope").asString()).isEqualTo("read write");
    }

    @Test
    void refreshWhenSessionHasNoScopesThenNoneCanBeAsked() throws Exception {
        JsonNode pair = node.stores().login();

        assertError(node.refresh("", refreshToken(pair), "scope", "read"), 400, "invalid_scope");
        assertThat(json(node.refresh("", refreshToken(pair))).has("access_token"))
                .isTrue();
    }

    @Test
    void refreshWhenTokenIsReusedThenTheSessionEnds() throws Exception {
        JsonNode first = node.loginThrough(APP, "");
        JsonNode second = json(node.refresh("", refreshToken(first), "client_id", APP));
        JsonNode third = json(node.refresh("", refreshToken(second), "client_id", APP));

        assertError(node.refresh("", refreshToken(first), "client_id", APP), 400, "invalid_grant");

        assertThat(node.node().proxied(accessToken(third))).isEqualTo(401);
        assertError(node.refresh("", refreshToken(third), "client_id", APP), 400, "invalid_grant");
    }

    @Test
    void revokeWhenTokenIsOfAnotherClientThenRefusedWithoutEffect() throws Exception {
        JsonNode pair = node.loginThrough(REPORTING, "read");
        for (String token : new String[] {accessToken(pair), refreshToken(pair)}) {
            assertError(node.post("/oauth2/revoke", "", "token", token), 401, "invalid_client");
            assertError(node.post("/oauth2/revoke", "", "token", token, "client_id", APP), 400, "invalid_grant");
            assertError(node.post("/oauth2/revoke", basic(OTHER, OTHER_SECRET), "token", token), 400, "invalid_grant");
        }
        assertThat(node.node().proxied(accessToken(pair))).isEqualTo(200);

        assertThat(node.post("/oauth2/revoke", GOOD, "token", accessToken(pair), "token_type_hint", "x")
                        .statusCode())
                .isEqualTo(200);
        assertThat(node.node().proxied(accessToken(pair))).isEqualTo(401);
        assertError(node.refresh(GOOD, refreshToken(pair)), 400, "invalid_grant");
    }

    @Test
    void revokeWhenTokenIsUnknownThenSuccess() throws Exception {
        for (String token : new String[] {"x", "pca_x", "pcr_x", "pct_x", "\u0000\u00fc", "x".repeat(2_000)}) {
            HttpResponse<String> response = node.post("/oauth2/revoke", GOOD, "token", token);
            assertThat(response.statusCode()).isEqualTo(200);
            assertThat(response.body()).isEmpty();
        }
        String own = node.clientToken();
        assertThat(node.post("/oauth2/revoke", GOOD, "token", own).statusCode()).isEqualTo(200);
        assertThat(node.post("/oauth2/revoke", GOOD, "token", own).statusCode()).isEqualTo(200);
        assertThat(node.node().proxied(own)).isEqualTo(401);
    }

    /** Invariant I3, through these endpoints: after a race of refresh and revocation every token is refused. */
    @Test
    void revokeWhenARefreshRacesItThenBothPairsAreDead() throws Exception {
        for (int round = 0; round < 12; round++) {
            JsonNode pair = node.loginThrough(APP, "read");
            String presented = round % 2 == 0 ? accessToken(pair) : refreshToken(pair);
            var refresh = new FutureTask<>(() -> node.refresh("", refreshToken(pair), "client_id", APP));
            Thread racer = new Thread(refresh);
            racer.start();
            HttpResponse<String> revoked = node.post("/oauth2/revoke", "", "token", presented, "client_id", APP);
            HttpResponse<String> answer = refresh.get();

            assertThat(revoked.statusCode()).isEqualTo(200);
            assertThat(node.node().proxied(accessToken(pair))).isEqualTo(401);
            assertThat(answer.statusCode()).isIn(200, 400);
            if (answer.statusCode() == 200) {
                assertThat(node.node().proxied(accessToken(json(answer)))).isEqualTo(401);
                assertError(node.refresh("", refreshToken(json(answer)), "client_id", APP), 400, "invalid_grant");
            }
            assertError(node.refresh("", refreshToken(pair), "client_id", APP), 400, "invalid_grant");
        }
    }
}
