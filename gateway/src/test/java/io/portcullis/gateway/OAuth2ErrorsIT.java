package io.portcullis.gateway;

import static io.portcullis.gateway.OAuth2Node.APP;
import static io.portcullis.gateway.OAuth2Node.OTHER;
import static io.portcullis.gateway.OAuth2Node.OTHER_SECRET;
import static io.portcullis.gateway.OAuth2Node.REPORTING;
import static io.portcullis.gateway.OAuth2Node.SECRET;
import static io.portcullis.gateway.OAuth2Node.basic;
import static io.portcullis.gateway.OAuth2Node.encoded;
import static io.portcullis.gateway.OAuth2Node.json;
import static io.portcullis.gateway.OAuth2Node.rawBasic;
import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The error tables of RFC 6749 section 5.2, RFC 7009 section 2.2.1 and RFC 7662 section 2.3, for each endpoint. */
@Tag("database-independent")
class OAuth2ErrorsIT {
    private static final OAuth2Node node = OAuth2Node.shared();
    private static final String FORM = "application/x-www-form-urlencoded";
    private static final String TOKEN = "/oauth2/token";
    private static final String REVOKE = "/oauth2/revoke";
    private static final String INTROSPECT = "/oauth2/introspect";
    private static final String GOOD = basic(REPORTING, SECRET);
    private static final String LONG = "x".repeat(10_000);

    /** A request and the expected error. */
    record Case(String name, String path, String authorization, String body, int status, String error) {
        @Override
        public String toString() {
            return name + " at " + path;
        }
    }

    static Stream<Case> cases() {
        List<Case> cases = new ArrayList<>();
        for (String path : List.of(TOKEN, REVOKE, INTROSPECT)) {
            String body = path.equals(TOKEN) ? "grant_type=client_credentials" : "token=x";
            String bad = "invalid_request";
            String unknown = "invalid_client";
            cases.add(new Case("wrong secret", path, basic(REPORTING, "wrong"), body, 401, unknown));
            cases.add(new Case("empty secret", path, basic(REPORTING, ""), body, 401, unknown));
            cases.add(new Case("secret of another client", path, basic(REPORTING, OTHER_SECRET), body, 401, unknown));
            cases.add(new Case("unknown client", path, basic("nobody", SECRET), body, 401, unknown));
            cases.add(new Case("odd client", path, basic("no'body \u00e9\u0000", SECRET), body, 401, unknown));
            cases.add(new Case("no base64", path, "Basic ???", body, 401, unknown));
            cases.add(new Case("no colon", path, rawBasic(REPORTING), body, 401, unknown));
            cases.add(new Case("secret of a public client", path, basic(APP, SECRET), body, 401, unknown));
            cases.add(new Case(
                    "wrong secret in body", path, "", body + "&client_id=reporting&client_secret=wrong", 401, unknown));
            cases.add(new Case(
                    "confidential client without secret", path, "", body + "&client_id=reporting", 401, unknown));
            cases.add(new Case("two places", path, GOOD, body + "&client_secret=" + encoded(SECRET), 400, bad));
            cases.add(new Case("two ids", path, GOOD, body + "&client_id=" + OTHER, 400, bad));
            cases.add(new Case("secret without id", path, "", body + "&client_secret=x", 400, bad));
            cases.add(new Case("doubled parameter", path, GOOD, body + "&" + body, 400, bad));
            cases.add(new Case("doubled unknown parameter", path, GOOD, body + "&a=1&a=1", 400, bad));
            cases.add(new Case("long parameter", path, GOOD, body + "&x=" + LONG, 400, bad));
            cases.add(new Case("broken encoding", path, GOOD, body + "&x=%zz", 400, bad));
            cases.add(new Case("nothing", path, GOOD, "", 400, bad));
            cases.add(new Case("valueless", path, GOOD, path.equals(TOKEN) ? "grant_type=" : "token=", 400, bad));
            cases.add(new Case("in query", path + "?" + body, GOOD, body, 400, bad));
            cases.add(new Case("secret in query", path + "?client_secret=x", GOOD, body, 400, bad));
        }
        cases.addAll(tokenCases());
        cases.add(new Case("anonymous", INTROSPECT, "", "token=x", 401, "invalid_client"));
        cases.add(new Case("public client", INTROSPECT, "", "token=x&client_id=app", 401, "invalid_client"));
        cases.add(new Case("bearer", INTROSPECT, "Bearer pca_x", "token=x", 401, "invalid_client"));
        return cases.stream();
    }

    private static List<Case> tokenCases() {
        String refresh = "grant_type=refresh_token&refresh_token=";
        return List.of(
                new Case("anonymous", TOKEN, "", "grant_type=client_credentials", 401, "invalid_client"),
                new Case(
                        "public client",
                        TOKEN,
                        "",
                        "grant_type=client_credentials&client_id=app",
                        401,
                        "invalid_client"),
                new Case(
                        "grant not allowed",
                        TOKEN,
                        basic(OTHER, OTHER_SECRET),
                        "grant_type=client_credentials",
                        400,
                        "unauthorized_client"),
                new Case(
                        "refresh not allowed",
                        TOKEN,
                        basic(OTHER, OTHER_SECRET),
                        refresh + "x",
                        400,
                        "unauthorized_client"),
                new Case(
                        "password",
                        TOKEN,
                        GOOD,
                        "grant_type=password&username=a&password=b",
                        400,
                        "unsupported_grant_type"),
                new Case("unknown grant", TOKEN, "", "grant_type=" + "x".repeat(2_000), 400, "unsupported_grant_type"),
                new Case("upper case", TOKEN, GOOD, "grant_type=CLIENT_CREDENTIALS", 400, "unsupported_grant_type"),
                new Case(
                        "scope not allowed",
                        TOKEN,
                        GOOD,
                        "grant_type=client_credentials&scope=read+admin",
                        400,
                        "invalid_scope"),
                new Case(
                        "malformed scope",
                        TOKEN,
                        GOOD,
                        "grant_type=client_credentials&scope=read++write",
                        400,
                        "invalid_scope"),
                new Case("no refresh token", TOKEN, "", "grant_type=refresh_token", 400, "invalid_request"),
                new Case("forged refresh token", TOKEN, "", refresh + "pcr_x", 400, "invalid_grant"),
                new Case("text as refresh token", TOKEN, "", refresh + "%00", 400, "invalid_grant"));
    }

    @ParameterizedTest
    @MethodSource("cases")
    void requestWhenWrongThenTheErrorOfTheRfc(Case wrong) throws Exception {
        HttpResponse<String> response = node.postBody(wrong.path(), wrong.authorization(), FORM, wrong.body());

        assertThat(response.statusCode()).as(response.body()).isEqualTo(wrong.status());
        assertThat(json(response).propertyNames()).containsExactly("error", "error_description");
        assertThat(json(response).get("error").asString()).isEqualTo(wrong.error());
        assertThat(response.body()).doesNotContain(SECRET, OTHER_SECRET, "pcr_x");
        assertThat(response.headers().allValues("Cache-Control")).containsExactly("no-store");
        assertThat(response.headers().firstValue("WWW-Authenticate").orElse("").startsWith("Basic realm="))
                .isEqualTo(wrong.status() == 401);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"application/json", "text/plain", "multipart/form-data; boundary=x", FORM + "; charset=UTF-16"})
    void bodyWhenNoFormThenRefused(String type) throws Exception {
        HttpResponse<String> response = node.postBody(TOKEN, GOOD, type, "grant_type=client_credentials");

        assertThat(response.statusCode()).isEqualTo(400);
        assertThat(json(response).get("error").asString()).isEqualTo("invalid_request");
    }

    @Test
    void bodyWhenTooLongThenRefused() throws Exception {
        HttpResponse<String> response = node.postBody(REVOKE, GOOD, FORM, "token=x&" + "y".repeat(300_000));

        assertThat(response.statusCode()).isEqualTo(413);
        assertThat(json(response).get("error").asString()).isEqualTo("invalid_request");
    }

    @ParameterizedTest
    @CsvSource({
        "GET,/oauth2/token,405",
        "PUT,/oauth2/revoke,405",
        "POST,/.well-known/oauth-authorization-server,405",
        "GET,/.well-known/oauth-authorization-server/other,404",
        "POST,/oauth2/authorize,404",
        "GET,/oauth2,404",
        "POST,/oauth2/token/,404"
    })
    void requestWhenThereIsNoSuchEndpointThenNoRouteServesIt(String method, String path, int status) throws Exception {
        var request = HttpRequest.newBuilder(node.node().uri(path)).method(method, HttpRequest.BodyPublishers.noBody());

        HttpResponse<String> response = GatewayNode.send(request);

        assertThat(response.statusCode()).as(response.body()).isEqualTo(status);
        assertThat(json(response).has("error")).as(response.body()).isTrue();
    }

    @Test
    void clientWhenTooManyWrongSecretsThenTheyAreThrottledAndTheRightOneIsNot() throws Exception {
        HttpResponse<String> last = node.post(INTROSPECT, basic("throttled", "wrong"), "token", "x");
        for (int i = 1; i < OAuth2Node.MAX_FAILURES; i++) {
            assertThat(last.statusCode()).isEqualTo(401);
            last = node.post(INTROSPECT, basic("throttled", "wrong"), "token", "x");
        }
        last = node.post(INTROSPECT, basic("throttled", "wrong"), "token", "x");

        assertThat(last.statusCode()).isEqualTo(429);
        assertThat(last.headers().firstValue("Retry-After")).isPresent();
        assertThat(json(last).get("error").asString()).isEqualTo("temporarily_unavailable");
        for (int i = 0; i <= OAuth2Node.MAX_FAILURES; i++) {
            last = node.post(INTROSPECT, basic(OTHER, "wrong"), "token", "x");
        }
        assertThat(last.statusCode()).isEqualTo(429);
        assertThat(node.post(INTROSPECT, basic(OTHER, OTHER_SECRET), "token", "x")
                        .statusCode())
                .isEqualTo(200);
    }
}
