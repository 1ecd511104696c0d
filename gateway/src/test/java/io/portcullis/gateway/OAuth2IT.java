package io.portcullis.gateway;

import static io.portcullis.gateway.OAuth2Node.REPORTING;
import static io.portcullis.gateway.OAuth2Node.SECOND_SECRET;
import static io.portcullis.gateway.OAuth2Node.SECRET;
import static io.portcullis.gateway.OAuth2Node.basic;
import static io.portcullis.gateway.OAuth2Node.json;
import static io.portcullis.gateway.OAuth2Node.rawBasic;
import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpResponse;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** Grants, revocation and introspection as clients use them (RFC 6749, 7009, 7662, 8414). */
class OAuth2IT {
    private static final OAuth2Node node = OAuth2Node.shared();

    @Test
    void clientCredentialsWhenSecretIsRightThenSessionOfTheClient() throws Exception {
        HttpResponse<String> issued = node.post(
                "/oauth2/token", basic(REPORTING, SECRET), "grant_type", "client_credentials", "scope", "read");

        assertThat(issued.statusCode()).as(issued.body()).isEqualTo(200);
        assertThat(issued.headers().allValues("Cache-Control")).containsExactly("no-store");
        JsonNode token = json(issued);
        assertThat(token.propertyNames()).containsExactly("access_token", "token_type", "expires_in", "scope");
        assertThat(token.get("token_type").asString()).isEqualTo("Bearer");
        assertThat(token.get("scope").asString()).isEqualTo("read");
        assertThat(token.get("expires_in").asLong()).isBetween(590L, 600L);
        HttpResponse<String> echo =
                node.node().call("GET", "/api/echo/a", token.get("access_token").asString(), null);
        assertThat(echo.statusCode()).isEqualTo(200);
        assertThat(echo.body())
                .contains("\"X-User-Id\":[\"client:reporting\"]", "\"X-User-Type\":[\"client\"]")
                .contains(
                        "\"X-User-Roles\":[\"reporter\"]",
                        "\"X-Client-Id\":[\"reporting\"]",
                        "\"X-Scopes\":[\"read\"]");
    }

    @ParameterizedTest
    @ValueSource(strings = {SECRET, SECOND_SECRET})
    void clientWhenItPresentsEitherSecretInAnyFormThenAuthenticated(String secret) throws Exception {
        assertThat(node.post("/oauth2/introspect", basic(REPORTING, secret), "token", "x")
                        .statusCode())
                .isEqualTo(200);
        assertThat(node.post("/oauth2/introspect", rawBasic(REPORTING + ":" + secret), "token", "x")
                        .statusCode())
                .as("not encoded")
                .isEqualTo(200);
        assertThat(node.post("/oauth2/introspect", "", "token", "x", "client_id", REPORTING, "client_secret", secret)
                        .statusCode())
                .as("post")
                .isEqualTo(200);
    }

    @Test
    void refreshWhenSessionHasNoClientThenNextPair() throws Exception {
        JsonNode pair = node.stores().login();

        JsonNode next = json(node.post(
                "/oauth2/token",
                "",
                "grant_type",
                "refresh_token",
                "refresh_token",
                pair.get("refreshToken").asString()));

        assertThat(next.propertyNames()).containsExactly("access_token", "token_type", "expires_in", "refresh_token");
        assertThat(node.node().proxied(next.get("access_token").asString())).isEqualTo(200);
    }

    /** Texts that scripts send for a token, such as one that was read from a file with its line end. */
    @ParameterizedTest
    @ValueSource(strings = {"%s\n", " %s ", "\"%s\"", "Bearer %s", "\uFEFF%s", "token=%s"})
    void revokeWhenThereIsMoreThanTheTokenThenTheSessionIsOver(String text) throws Exception {
        for (String presented : List.of("accessToken", "refreshToken")) {
            JsonNode pair = node.stores().login();
            String token = text.formatted(pair.get(presented).asString());

            assertThat(node.post("/oauth2/revoke", "", "token", token).statusCode())
                    .isEqualTo(200);
            assertThat(node.introspect(pair.get("accessToken").asString()).toString())
                    .isEqualTo("{\"active\":false}");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"accessToken", "refreshToken"})
    void revokeWhenEitherTokenThenTheSessionIsOver(String presented) throws Exception {
        JsonNode pair = node.stores().login();

        HttpResponse<String> revoked = node.post(
                "/oauth2/revoke", "", "token", pair.get(presented).asString(), "token_type_hint", "refresh_token");

        assertThat(revoked.statusCode()).isEqualTo(200);
        assertThat(revoked.body()).isEmpty();
        assertThat(node.node().proxied(pair.get("accessToken").asString())).isEqualTo(401);
        HttpResponse<String> refreshed = node.post(
                "/oauth2/token",
                "",
                "grant_type",
                "refresh_token",
                "refresh_token",
                pair.get("refreshToken").asString());
        assertThat(refreshed.statusCode()).isEqualTo(400);
        assertThat(json(refreshed).get("error").asString()).isEqualTo("invalid_grant");
    }

    @Test
    void introspectWhenTokenIsActiveThenWhatItStandsFor() throws Exception {
        JsonNode pair = node.stores().login();

        JsonNode access = node.introspect(pair.get("accessToken").asString());
        JsonNode refresh = node.introspect(pair.get("refreshToken").asString());
        JsonNode client = node.introspect(node.clientToken());

        assertThat(access.get("active").asBoolean()).isTrue();
        assertThat(access.get("sub").asString()).isEqualTo(pair.get("userId").asString());
        assertThat(access.get("username").asString()).isEqualTo(OutageNode.USER);
        assertThat(access.get("token_type").asString()).isEqualTo("Bearer");
        assertThat(access.get("exp").asLong()).isEqualTo(pair.get("expiresTime").asLong() / 1000);
        assertThat(access.get("sid").asString()).isEqualTo(pair.get("sessionId").asString());
        assertThat(access.has("client_id")).isFalse();
        assertThat(refresh.get("active").asBoolean()).isTrue();
        assertThat(refresh.has("token_type")).isFalse();
        assertThat(client.get("client_id").asString()).isEqualTo(REPORTING);
        assertThat(client.get("scope").asString()).isEqualTo("read write");
        assertThat(client.get("exp").asLong() - client.get("iat").asLong()).isBetween(599L, 601L);
        assertThat(client.has("username")).isFalse();
    }

    @Test
    void introspectWhenSessionIsOverThenExactlyInactive() throws Exception {
        JsonNode pair = node.stores().login();
        node.node().call("POST", "/system/auth/logout", pair.get("accessToken").asString(), null);

        for (String token : new String[] {
            pair.get("accessToken").asString(), pair.get("refreshToken").asString(), "x"
        }) {
            assertThat(node.post("/oauth2/introspect", basic(REPORTING, SECRET), "token", token)
                            .body())
                    .isEqualTo("{\"active\":false}");
        }
    }

    @Test
    void metadataWhenAskedThenTheEndpointsOfTheOrigin() throws Exception {
        JsonNode metadata = json(node.node().get("/.well-known/oauth-authorization-server"));

        String issuer = node.node().uri("").toString();
        assertThat(metadata.get("issuer").asString()).isEqualTo(issuer);
        assertThat(metadata.get("token_endpoint").asString()).isEqualTo(issuer + "/oauth2/token");
        assertThat(metadata.get("response_types_supported").isEmpty()).isTrue();
    }
}
