package io.portcullis.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpRequest;
import java.util.UUID;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.web.reactive.result.method.annotation.RequestMappingHandlerMapping;
import tools.jackson.databind.JsonNode;

/** The gateway from outside: real stores, a real service behind it, real HTTP. */
class GatewayIT {
    private static final GatewayNode node = GatewayNode.shared();
    private static final String PASSWORD = "some-demo-pass";
    private static final String user = "user-" + UUID.randomUUID();

    private static String access = "";

    @BeforeAll
    static void createUser() throws Exception {
        node.createAccount(user, PASSWORD, "user");
        access = node.login(user, PASSWORD).get("accessToken").asString();
    }

    private static String bearer() {
        return "Bearer " + access;
    }

    @ParameterizedTest
    @ValueSource(strings = {"X-User-Id", "x-user-id", "X_User_Id", "x_USER-id", "X-User_Name", "X_SESSION_ID"})
    void proxiedWhenIdentityHeaderSentThenItDoesNotSurvive(String name) throws Exception {
        var response = node.get("/api/echo/a", "Authorization", bearer(), name, "evil");

        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.body()).doesNotContain("evil").contains("X-User-Id");
    }

    @Test
    void proxiedWhenConnectionNamesIdentityHeaderThenItIsSetAllTheSame() throws Exception {
        var response = node.get("/api/echo/a", "Authorization", bearer(), "Connection", "close, X-User-Id");

        assertThat(response.body()).contains("X-User-Id");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/api/%2e%2e/x",
                "/api/..;/x",
                "/api//x",
                "/api/%2fx",
                "/api/%252fx",
                "/api/%25252e%25252e/x",
                "/api/%5cx",
                "/api/a;b",
                "/api/%00"
            })
    void requestWhenPathOddThenRefused(String path) throws Exception {
        assertThat(node.get(path, "Authorization", bearer()).statusCode()).isEqualTo(400);
    }

    @ParameterizedTest
    @CsvSource({"Bearer,401", "Bearer a b,400", "Bearer pca_x,401", "Basic YTpi,401", "bEaReR pca_x,401"})
    void proxiedWhenCredentialBadThenAnsweredByRfc6750(String authorization, int status) throws Exception {
        var response = node.get("/api/echo/a", "Authorization", authorization);

        assertThat(response.statusCode()).isEqualTo(status);
        assertThat(response.headers().firstValue("WWW-Authenticate"))
                .hasValueSatisfying(header -> assertThat(header).startsWith("Bearer realm="));
    }

    @Test
    void proxiedWhenTwoTokensThenRefused() throws Exception {
        assertThat(node.get("/api/echo/a?token=" + access, "Authorization", bearer())
                        .statusCode())
                .isEqualTo(400);
        assertThat(node.get("/api/echo/a", "Authorization", bearer(), "Authorization", bearer())
                        .statusCode())
                .isEqualTo(400);
    }

    @Test
    void proxiedWhenTokenInParameterThenDroppedBeforeTheService() throws Exception {
        var response = node.get("/api/echo/a?x=%41&token=" + access + "&y=2");

        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.body()).contains("x=%41&y=2").doesNotContain("pca_");
    }

    @Test
    void proxiedWhenTheParametersNameIsEncodedThenDroppedAllTheSame() throws Exception {
        var response = node.get("/api/echo/a?x=%41&%74oken=" + access + "&y=2");

        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.body()).contains("x=%41&y=2").doesNotContain("pca_");
    }

    @Test
    void publicRouteWhenAnonymousThenServed() throws Exception {
        assertThat(node.get("/public/echo/a").statusCode()).isEqualTo(200);
    }

    @Test
    void ownEndpointsWhenAnonymousOrNoAdminThenRefused() throws Exception {
        for (var mapping : node.bean(RequestMappingHandlerMapping.class)
                .getHandlerMethods()
                .keySet()) {
            for (var pattern : mapping.getPatternsCondition().getPatterns()) {
                for (var method : mapping.getMethodsCondition().getMethods()) {
                    checkGuarded(pattern.getPatternString().replaceAll("\\{\\w+}", "x"), method.name());
                }
            }
        }
    }

    private static void checkGuarded(String path, String method) throws Exception {
        if (path.matches("/system/auth/(login|logout|refresh-token)|/(console|oauth2|\\.well-known).*")) {
            return;
        }
        var anonymous = HttpRequest.newBuilder(node.uri(path)).method(method, HttpRequest.BodyPublishers.noBody());
        assertThat(GatewayNode.send(anonymous).statusCode())
                .as("%s %s", method, path)
                .isEqualTo(401);
        if (!path.startsWith("/system/auth/")) {
            assertThat(GatewayNode.send(anonymous.header("Authorization", bearer()))
                            .statusCode())
                    .as("%s %s", method, path)
                    .isEqualTo(403);
        }
    }

    @Test
    void logoutWhenAnsweredThenBothKeysAreDeadOnAnotherNode() throws Exception {
        try (GatewayNode other = GatewayNode.start()) {
            JsonNode pair = node.login(user, PASSWORD);
            String token = "Bearer " + pair.get("accessToken").asString();
            assertThat(other.get("/api/echo/a", "Authorization", token).statusCode())
                    .isEqualTo(200);

            var logout = HttpRequest.newBuilder(node.uri("/system/auth/logout"))
                    .header("Authorization", token)
                    .POST(HttpRequest.BodyPublishers.noBody());
            assertThat(GatewayNode.send(logout).body()).contains("\"data\":true");

            assertThat(other.get("/api/echo/a", "Authorization", token).statusCode())
                    .isEqualTo(401);
            var refresh = HttpRequest.newBuilder(other.uri("/system/auth/refresh-token"))
                    .header("Content-Type", "application/x-www-form-urlencoded")
                    .POST(HttpRequest.BodyPublishers.ofString(
                            "refreshToken=" + pair.get("refreshToken").asString()));
            assertThat(GatewayNode.send(refresh).statusCode()).isEqualTo(401);
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "application/json | {                                              | 400",
                "application/json | {\"username\":\"a\"}                           | 400",
                "application/json | {\"username\":\"a\",\"password\":\"b\",\"z\":1} | 400",
                "text/plain       | x                                              | 415"
            })
    void loginWhenBodyDoesNotFitThenToldSo(String type, String body, int status) throws Exception {
        var request = HttpRequest.newBuilder(node.uri("/system/auth/login"))
                .header("Content-Type", type)
                .POST(HttpRequest.BodyPublishers.ofString(body));

        assertThat(GatewayNode.send(request).statusCode()).isEqualTo(status);
    }

    @Test
    void accountWhenFieldUnknownThenRefused() throws Exception {
        String admin = node.login("admin", "admin-demo-pass").get("accessToken").asString();
        var request = HttpRequest.newBuilder(node.uri("/system/account"))
                .header("Content-Type", "application/json")
                .header("Authorization", "Bearer " + admin)
                .POST(HttpRequest.BodyPublishers.ofString(
                        "{\"username\":\"bob\",\"password\":\"bob-demo-pass\",\"role\":[\"admin\"]}"));
        var response = GatewayNode.send(request);

        assertThat(response.statusCode()).isEqualTo(400);
        assertThat(response.body()).contains("unknown field role");
    }
}
