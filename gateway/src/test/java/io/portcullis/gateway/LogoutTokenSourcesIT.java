package io.portcullis.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

/** Tokens that a logout or a refresh presents beside a body that no codec can read. */
@Tag("database-independent")
class LogoutTokenSourcesIT {
    private static final GatewayNode node = GatewayNode.start("--portcullis.http.cookies=on");
    private static final String PASSWORD = "some-demo-pass";
    private static final String user = "user-" + UUID.randomUUID();

    @BeforeAll
    static void createUser() {
        node.createAccount(user, PASSWORD, "user");
    }

    @AfterAll
    static void closeNode() {
        node.close();
    }

    private static JsonNode login() throws Exception {
        return node.login(user, PASSWORD);
    }

    private static String refresh(JsonNode pair) {
        return pair.get("refreshToken").asString();
    }

    private static HttpResponse<String> post(String path, String type, String body, String... headers)
            throws Exception {
        var request = HttpRequest.newBuilder(node.uri(path)).header("Content-Type", type);
        return GatewayNode.send((headers.length == 0 ? request : request.headers(headers))
                .POST(HttpRequest.BodyPublishers.ofString(body)));
    }

    private static void assertDead(JsonNode pair) throws Exception {
        assertThat(node.proxied(pair.get("accessToken").asString())).isEqualTo(401);
        assertThat(node.refresh(refresh(pair)).statusCode()).isEqualTo(401);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "text/plain;charset=UTF-8            | ``",
                "text/plain                          | x",
                "application/json                    | {",
                "application/json                    | []",
                "application/octet-stream            | x",
                "multipart/form-data                 | x",
                "multipart/form-data; boundary=b     | --b",
                "application/x-www-form-urlencoded   | %zz=%"
            })
    void logoutWhenBodyUnreadableThenCookieAndHeaderCount(String type, String body) throws Exception {
        JsonNode inCookie = login();
        JsonNode inHeader = login();

        var response = post(
                "/system/auth/logout",
                type,
                body,
                "Cookie",
                "__Host-portcullis_refresh=" + refresh(inCookie),
                "Authorization",
                "Bearer " + inHeader.get("accessToken").asString());

        assertThat(response.body()).contains("\"data\":true");
        assertThat(response.headers().allValues("Set-Cookie")).hasSize(2);
        assertDead(inCookie);
        assertDead(inHeader);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "text/plain                      | {\"refreshToken\":\"TOKEN\"}",
                "text/plain                      | refreshToken=TOKEN",
                "application/json                | {\"refresh_token\":\"TOKEN\"",
                "multipart/form-data; boundary=b | --bCRLFContent-Disposition: form-data; name=\"t\"CRLFCRLFTOKENCRLF--b--CRLF"
            })
    void logoutWhenTokenInUnusualBodyThenItsSessionEnds(String type, String body) throws Exception {
        JsonNode pair = login();
        JsonNode second = login();

        var response = post(
                "/system/auth/logout?refreshToken=x&refreshToken=" + refresh(second),
                type,
                body.replace("TOKEN", refresh(pair)).replace("CRLF", "\r\n"));

        assertThat(response.body()).contains("\"data\":true");
        assertDead(pair);
        assertDead(second);
    }

    @Test
    void logoutWhenBodyTooLongThenTokensFoundEndAllTheSame() throws Exception {
        JsonNode inCookie = login();

        var response = post(
                "/system/auth/logout",
                "text/plain",
                "x".repeat(300_000),
                "Cookie",
                "__Host-portcullis_refresh=" + refresh(inCookie),
                "X-Requested-With",
                "XMLHttpRequest");

        assertThat(response.statusCode()).isEqualTo(413);
        assertDead(inCookie);
    }

    @Test
    void refreshWhenBodyUnreadableThenCookieCounts() throws Exception {
        JsonNode pair = login();

        var response = post(
                "/system/auth/refresh-token",
                "text/plain",
                "",
                "Cookie",
                "__Host-portcullis_refresh=" + refresh(pair),
                "X-Requested-With",
                "XMLHttpRequest");

        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(post("/system/auth/refresh-token", "text/plain", "").statusCode())
                .isEqualTo(415);
    }

    @Test
    void refreshWhenAcceptExcludesJsonThenRefusedBeforeTheRotation() throws Exception {
        JsonNode pair = login();

        var refused = post(
                "/system/auth/refresh-token?refreshToken=" + refresh(pair), "text/plain", "", "Accept", "text/plain");

        assertThat(refused.statusCode()).isEqualTo(406);
        assertThat(refreshCount(pair)).isZero();
        assertThat(node.refresh(refresh(pair)).statusCode()).isEqualTo(200);
        assertThat(refreshCount(pair)).isEqualTo(1);
    }

    @Test
    void loginWhenAcceptExcludesJsonThenNoSessionIsOpened() throws Exception {
        String name = "user-" + UUID.randomUUID();
        node.createAccount(name, PASSWORD, "user");
        String body = "{\"username\":\"%s\",\"password\":\"%s\"}".formatted(name, PASSWORD);

        var refused = post("/system/auth/login", "application/json", body, "Accept", "image/png");

        assertThat(refused.statusCode()).isEqualTo(406);
        assertThat(GatewayNode.count("SELECT COUNT(*) FROM auth_session WHERE username = ?", name))
                .isZero();
    }

    @Test
    void logoutWhenAcceptExcludesJsonThenSessionEndsAndTrueIsAnswered() throws Exception {
        JsonNode pair = login();

        var response =
                post("/system/auth/logout?refreshToken=" + refresh(pair), "text/plain", "", "Accept", "text/html");

        assertThat(response.statusCode()).isEqualTo(200);
        assertDead(pair);
    }

    @ParameterizedTest
    @CsvSource({"60", "1000"})
    void meWhenAcceptHasManyOrMalformedRangesThenAnswered(int ranges) throws Exception {
        String token = "Bearer " + login().get("accessToken").asString();
        String many = "a/b,".repeat(ranges / 2).concat("text/x;,".repeat(ranges / 2));

        assertThat(node.get("/system/auth/me", "Authorization", token, "Accept", many)
                        .statusCode())
                .isEqualTo(200);
        assertThat(node.get("/system/auth/me", "Authorization", token, "Accept", "garbage;;")
                        .statusCode())
                .isEqualTo(200);
    }

    private static int refreshCount(JsonNode pair) throws Exception {
        return GatewayNode.count(
                "SELECT COALESCE(MAX(generation), 1) - 1 FROM refresh_token WHERE session_id = ?",
                pair.get("sessionId").asString());
    }
}
