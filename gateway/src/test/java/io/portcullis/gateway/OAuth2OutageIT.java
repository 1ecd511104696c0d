package io.portcullis.gateway;

import static io.portcullis.gateway.OAuth2Node.REPORTING;
import static io.portcullis.gateway.OAuth2Node.SECRET;
import static io.portcullis.gateway.OAuth2Node.basic;
import static io.portcullis.gateway.OAuth2Node.json;
import static org.assertj.core.api.Assertions.assertThat;

import io.portcullis.testbed.Await;
import io.portcullis.testbed.Signals;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** The OAuth 2 endpoints while a store fails: never a false success, and never an answer that a client takes for a refusal. */
class OAuth2OutageIT {
    private static final OAuth2Node node = OAuth2Node.shared();
    private static final String GOOD = basic(REPORTING, SECRET);

    private static void assertRetryLater(HttpResponse<String> response) {
        OutageNode.assertRetryLater(response);
        assertThat(json(response).get("error").asString()).isEqualTo("temporarily_unavailable");
    }

    @Test
    void callsWhenMySqlIsFrozenThenIntrospectionIsServedAndTheRestIsToRetry() throws Exception {
        node.stores().awaitTrust();
        JsonNode pair = node.stores().login();
        String access = pair.get("accessToken").asString();
        String refresh = pair.get("refreshToken").asString();
        Signals.stop(node.stores().database().pid());
        try {
            assertThat(node.introspect(access).get("active").asBoolean()).isTrue();
            assertThat(node.introspect("pca_x").get("active").asBoolean()).isFalse();
            assertRetryLater(node.post("/oauth2/introspect", GOOD, "token", refresh));
            assertRetryLater(node.post("/oauth2/revoke", "", "token", access));
            assertRetryLater(node.post("/oauth2/revoke", GOOD, "token", refresh));
            assertRetryLater(node.refresh("", refresh));
            assertRetryLater(node.post("/oauth2/token", GOOD, "grant_type", "client_credentials"));
            assertRetryLater(node.post("/oauth2/introspect", basic("made-by-administrator", "x"), "token", access));
        } finally {
            Signals.resume(node.stores().database().pid());
        }
        assertRevokedAfterwards(access);
    }

    @Test
    void callsWhenRedisIsFrozenThenMySqlAnswersAllButTheRevocation() throws Exception {
        JsonNode pair = node.stores().login();
        String access = pair.get("accessToken").asString();
        Signals.stop(node.stores().redis().pid());
        try {
            JsonNode active = node.introspect(access);
            assertThat(active.get("active").asBoolean()).isTrue();
            assertThat(active.has("iat"))
                    .as("MySQL knows the time of the issue")
                    .isTrue();
            assertThat(node.introspect(node.clientToken()).get("scope").asString())
                    .isEqualTo("read write");
            assertRetryLater(node.post("/oauth2/revoke", "", "token", access));
            assertThat(node.introspect(access).get("active").asBoolean()).isTrue();
        } finally {
            Signals.resume(node.stores().redis().pid());
        }
        assertRevokedAfterwards(access);
    }

    private static void assertRevokedAfterwards(String access) throws Exception {
        Await.until(
                "the revocation works again",
                () -> node.post("/oauth2/revoke", "", "token", access).statusCode() == 200);
        assertThat(node.node().proxied(access)).isEqualTo(401);
        assertThat(node.introspect(access).toString()).isEqualTo("{\"active\":false}");
    }
}
