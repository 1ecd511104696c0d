package io.portcullis.gateway;

import java.net.URLEncoder;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;

/** A gateway node with OAuth 2 clients in its configuration, on stores that tests stop, and calls of its endpoints. */
final class OAuth2Node {
    /** Has the characters that RFC 6749 section 2.3.1 has clients encode. */
    static final String SECRET = "reporting: 100% + more & = secret";

    /** Is another secret if it is decoded, and some clients do not encode it. */
    static final String SECOND_SECRET = "second+secret%41of-reporting-0123456789";

    static final String OTHER_SECRET = "other-secret-0123456789-0123456789";
    static final String REPORTING = "reporting";
    static final String OTHER = "other-service";
    static final String APP = "app";

    private static final class Shared {
        static final OAuth2Node NODE = new OAuth2Node();
    }

    /** The service of the routes. One of them has every path, also those of the endpoints. */
    private static final String SERVICE = "${SAMPLE_SERVICES_URI}";

    /** Higher than the number of wrong secrets in the tables of errors. */
    static final int MAX_FAILURES = 40;

    private final OutageNode stores = OutageNode.start(new Routes()
            .add("/api/**", SERVICE)
            .add("/**", SERVICE, "metadata.auth=none")
            .arguments(
                    "--portcullis.login.max-failures=" + MAX_FAILURES,
                    "--portcullis.login.max-failures-per-address=1000",
                    "--portcullis.oauth2.clients[0].id=" + REPORTING,
                    "--portcullis.oauth2.clients[0].secrets[0]=" + SECRET,
                    "--portcullis.oauth2.clients[0].secrets[1]=" + SECOND_SECRET,
                    "--portcullis.oauth2.clients[0].grants=client_credentials,refresh_token",
                    "--portcullis.oauth2.clients[0].scopes=read,write",
                    "--portcullis.oauth2.clients[0].roles=reporter",
                    "--portcullis.oauth2.clients[0].access-ttl=10m",
                    "--portcullis.oauth2.clients[0].refresh-ttl=2h",
                    "--portcullis.oauth2.clients[1].id=" + OTHER,
                    "--portcullis.oauth2.clients[1].secrets=" + OTHER_SECRET,
                    "--portcullis.oauth2.clients[2].id=" + APP,
                    "--portcullis.oauth2.clients[2].type=public",
                    "--portcullis.oauth2.clients[2].grants=refresh_token",
                    "--portcullis.oauth2.clients[2].scopes=read,write"));

    private OAuth2Node() {}

    /** Returns the shared node, which runs until the JVM ends. */
    static OAuth2Node shared() {
        return Shared.NODE;
    }

    GatewayNode node() {
        return stores.node();
    }

    OutageNode stores() {
        return stores;
    }

    /** Sends a form; names and values in turn. */
    HttpResponse<String> post(String path, String authorization, String... form) throws Exception {
        Map<String, String> fields = new LinkedHashMap<>();
        for (int i = 0; i < form.length; i += 2) {
            fields.put(form[i], form[i + 1]);
        }
        return postBody(
                path,
                authorization,
                "application/x-www-form-urlencoded",
                fields.entrySet().stream()
                        .map(field -> encoded(field.getKey()) + "=" + encoded(field.getValue()))
                        .collect(Collectors.joining("&")));
    }

    HttpResponse<String> postBody(String path, String authorization, String contentType, String body) throws Exception {
        var request = HttpRequest.newBuilder(node().uri(path))
                .header("Content-Type", contentType)
                .POST(HttpRequest.BodyPublishers.ofString(body));
        return GatewayNode.send(authorization.isEmpty() ? request : request.header("Authorization", authorization));
    }

    /**
     * Logs the user in through a client.
     *
     * @param scope the scopes of the session; empty for all of the client
     * @return the tokens of the user
     */
    JsonNode loginThrough(String clientId, String scope) throws Exception {
        String secret = clientId.equals(REPORTING) ? SECRET : "";
        return json(tryLogin(clientId, secret, scope)).get("data");
    }

    /** Tries a login of the user with these fields, the empty ones of which stand for none. */
    HttpResponse<String> tryLogin(String clientId, String clientSecret, String scope) throws Exception {
        var fields = GatewayNode.JSON.createObjectNode();
        fields.put("username", OutageNode.USER).put("password", OutageNode.PASSWORD);
        fields.put("clientId", clientId).put("clientSecret", clientSecret).put("scope", scope);
        return node().call("POST", "/system/auth/login", null, fields.toString());
    }

    /** Exchanges a refresh token; names and values of more parameters in turn. */
    HttpResponse<String> refresh(String authorization, String refreshToken, String... more) throws Exception {
        return post(
                "/oauth2/token",
                authorization,
                Stream.concat(Stream.of("grant_type", "refresh_token", "refresh_token", refreshToken), Stream.of(more))
                        .toArray(String[]::new));
    }

    /** Opens a session for the client {@link #REPORTING} and returns its access token. */
    String clientToken() throws Exception {
        return json(post("/oauth2/token", basic(REPORTING, SECRET), "grant_type", "client_credentials"))
                .get("access_token")
                .asString();
    }

    /** Returns whether the token is active, as the client {@link #REPORTING} is told. */
    JsonNode introspect(String token) throws Exception {
        return json(post("/oauth2/introspect", basic(REPORTING, SECRET), "token", token));
    }

    static String basic(String id, String secret) {
        return rawBasic(encoded(id) + ":" + encoded(secret));
    }

    static String rawBasic(String text) {
        return "Basic " + Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }

    static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    static JsonNode json(HttpResponse<String> response) {
        return GatewayNode.JSON.readTree(response.body());
    }
}
