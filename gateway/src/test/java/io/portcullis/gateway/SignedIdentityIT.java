package io.portcullis.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jose.crypto.ECDSAVerifier;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jwt.SignedJWT;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import tools.jackson.databind.JsonNode;

/** Tests the signed identity that services receive, and its keys, on the nodes of both paths. */
@Tag("database-independent")
class SignedIdentityIT {
    private static final Pattern TOKEN = Pattern.compile("x-identity-token=\\[\"([^\"]+)\"]");
    private static final String BEARER = "Authorization: Bearer TOKEN\n";
    /** The position of the signed route among those of {@link BothPaths}. */
    private static final String AUDIENCE = "route-15";

    private final BothPaths nodes = BothPaths.shared();

    private String tokenIn(RawResponse response) {
        Matcher found = TOKEN.matcher(response.body());
        assertThat(found.find()).as(response.toString()).isTrue();
        return found.group(1);
    }

    private RawResponse get(RequestPath path, String target, String headers) throws Exception {
        return nodes.exchange(path, "GET " + target + "\n" + headers, "");
    }

    private SignedJWT verified(String token, RequestPath keysFrom) throws Exception {
        RawResponse keys = get(keysFrom, "/.well-known/jwks.json", "");
        SignedJWT jwt = SignedJWT.parse(token);
        JWK key = JWKSet.parse(keys.body()).getKeyByKeyId(jwt.getHeader().getKeyID());
        assertThat(jwt.verify(new ECDSAVerifier(key.toECKey()))).isTrue();
        return jwt;
    }

    @ParameterizedTest
    @EnumSource
    void proxiedWhenTheRouteIsSignedThenTheServiceGetsATokenThatEveryNodesKeysVerify(RequestPath path)
            throws Exception {
        String token = tokenIn(get(path, "/signed/a", BEARER));
        for (RequestPath keysFrom : RequestPath.values()) {
            SignedJWT jwt = verified(token, keysFrom);

            assertThat(jwt.getHeader().toJSONObject())
                    .containsOnlyKeys("alg", "typ", "kid")
                    .containsAllEntriesOf(Map.of("alg", "ES256", "typ", "JWT"));
            Map<String, Object> claims = jwt.getPayload().toJSONObject();
            assertThat(claims)
                    .containsOnlyKeys("iss", "aud", "sub", "preferred_username", "sid", "roles", "iat", "exp")
                    .containsEntry("iss", "portcullis")
                    .containsEntry("aud", AUDIENCE)
                    .containsEntry("roles", List.of("user"));
            assertThat((long) Objects.requireNonNull(claims.get("exp"))
                            - (long) Objects.requireNonNull(claims.get("iat")))
                    .isEqualTo(60);
        }
    }

    @ParameterizedTest
    @EnumSource
    void proxiedWhenRepeatedThenTheSameTokenAndAnotherRouteGetsAnother(RequestPath path) throws Exception {
        String token = tokenIn(get(path, "/signed/a", BEARER));

        assertThat(tokenIn(get(path, "/signed/b", BEARER))).isEqualTo(token);
        String other = tokenIn(get(path, "/signed-optional/a", BEARER));
        assertThat(verified(other, path).getJWTClaimsSet().getAudience()).containsExactly("route-16");
    }

    @ParameterizedTest
    @CsvSource({
        "FAST_PATH,    /api/echo/a,        X-Identity-Token, true",
        "FAST_PATH,    /signed-optional/a, X-Identity-Token, false",
        "FAST_PATH,    /optional/a,        x_identity_token, false",
        "FAST_PATH,    /public/echo/a,     X-Identity_Token, false",
        "FAST_PATH,    /token/a,           x-IDENTITY-token, true",
        "FILTER_CHAIN, /api/echo/a,        X-Identity-Token, true",
        "FILTER_CHAIN, /signed-optional/a, X-Identity-Token, false",
        "FILTER_CHAIN, /optional/a,        x_identity_token, false",
        "FILTER_CHAIN, /public/echo/a,     X-Identity_Token, false",
        "FILTER_CHAIN, /token/a,           x-IDENTITY-token, true"
    })
    void proxiedWhenTheClientSendsATokenThenNoServiceReceivesIt(
            RequestPath path, String target, String name, boolean loggedIn) throws Exception {
        RawResponse response = get(path, target, name + ": forged\n" + (loggedIn ? BEARER : ""));

        assertThat(response.status()).endsWith("200 OK");
        assertThat(response.body()).doesNotContain("forged").doesNotContainIgnoringCase("identity_token");
        assertThat(TOKEN.matcher(response.body()).find()).isFalse();
    }

    @ParameterizedTest
    @CsvSource({"FAST_PATH, 1", "FILTER_CHAIN, 0"})
    void proxiedWhenTheRouteIsSignedThenItTakesTheFastPath(RequestPath path, long taken) throws Exception {
        long before = nodes.fastPathCount(path);

        String token =
                tokenIn(get(path, "/signed/a", BEARER + "X_Identity_Token: forged\nConnection: X-Identity-Token\n"));

        assertThat(nodes.fastPathCount(path) - before).isEqualTo(taken);
        assertThat(verified(token, path).getJWTClaimsSet().getSubject()).isNotEmpty();
    }

    @ParameterizedTest
    @EnumSource
    void responseWhenTheServiceReturnsItsTokenThenTheClientDoesNotGetIt(RequestPath path) throws Exception {
        RawResponse response = get(path, "/odd/" + BothPaths.answerWith("x-identity-TOKEN"), "");

        assertThat(response.headers()).containsEntry("x-other", List.of("1")).doesNotContainKey("x-identity-token");
    }

    @ParameterizedTest
    @EnumSource
    void handshakeWhenTheRouteIsSignedThenTheServiceGetsTheGatewaysToken(RequestPath path) throws Exception {
        String webSocket = """
                Upgrade: websocket
                Connection: Upgrade
                Sec-WebSocket-Version: 13
                Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==
                X-Identity-Token: forged
                x_identity_token: forged
                """;

        RawResponse response = get(path, "/signed/a", BEARER + webSocket);

        assertThat(response.body()).doesNotContain("forged");
        assertThat(verified(tokenIn(response), path).getJWTClaimsSet().getAudience())
                .containsExactly(AUDIENCE);
    }

    @ParameterizedTest
    @EnumSource
    void proxiedWhenTheSessionIsRefreshedWithOtherRolesThenTheTokenHasThem(RequestPath path) throws Exception {
        GatewayNode node = GatewayNode.shared();
        String user = "user-" + UUID.randomUUID();
        node.createAccount(user, "some-demo-pass", "user");
        JsonNode pair = node.login(user, "some-demo-pass");
        String before = tokenIn(get(path, "/signed/a", bearer(pair)));
        try (var database = GatewayNode.openDatabase();
                var update = database.prepareStatement("UPDATE account SET roles = 'chief,user' WHERE username = ?")) {
            update.setString(1, user);
            assertThat(update.executeUpdate()).isEqualTo(1);
        }
        JsonNode next = GatewayNode.data(node.refresh(pair.get("refreshToken").asString()));

        assertThat(verified(before, path).getJWTClaimsSet().getStringListClaim("roles"))
                .containsExactly("user");
        assertThat(verified(tokenIn(get(path, "/signed/a", bearer(next))), path)
                        .getJWTClaimsSet()
                        .getStringListClaim("roles"))
                .containsExactly("chief", "user");
    }

    private static String bearer(JsonNode pair) {
        return "Authorization: Bearer " + pair.get("accessToken").asString() + "\n";
    }

    /** A node without a signed route makes no key and no thread. */
    @Test
    void keysWhenNoRouteIsSignedThenAnEmptySetThatNobodyKeeps() throws Exception {
        var response = GatewayNode.shared().get("/.well-known/jwks.json");

        assertThat(response.body()).isEqualTo("{\"keys\":[]}");
        assertThat(response.headers().firstValue("Cache-Control")).hasValue("no-store");
        assertThat(GatewayNode.shared().get("/.well-known/jwks.json/a").statusCode())
                .isEqualTo(404);
    }

    @ParameterizedTest
    @EnumSource
    void keysWhenTheMethodOrThePathDiffersThenNoRouteServesThem(RequestPath path) throws Exception {
        assertThat(nodes.exchange(path, "POST /.well-known/jwks.json\nContent-Length: 0\n", "")
                        .status())
                .contains(" 405 ");
        assertThat(get(path, "/%2Ewell-known/jwks%2Ejson", "").status()).doesNotContain(" 200 ");
    }

    @ParameterizedTest
    @EnumSource
    void keysWhenAskedThenPublicAndCacheable(RequestPath path) throws Exception {
        RawResponse response = get(path, "/.well-known/jwks.json", "Accept: text/html\nAuthorization: Bearer x\n");

        assertThat(response.status()).endsWith("200 OK");
        assertThat(response.headers())
                .containsEntry("cache-control", List.of("max-age=300, public"))
                .containsEntry("content-type", List.of("application/json"));
        for (JWK key : JWKSet.parse(response.body()).getKeys()) {
            assertThat(key.toJSONObject())
                    .containsOnlyKeys("kty", "use", "crv", "kid", "x", "y", "alg")
                    .containsAllEntriesOf(Map.of("kty", "EC", "use", "sig", "crv", "P-256", "alg", "ES256"));
        }
    }
}
