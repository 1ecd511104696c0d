package io.portcullis.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.web.bind.annotation.RequestMethod;
import org.springframework.web.reactive.result.method.RequestMappingInfo;
import org.springframework.web.reactive.result.method.annotation.RequestMappingHandlerMapping;

/** Tests the properties that all responses of the gateway's own endpoints share. */
@Tag("database-independent")
class GatewayResponsesIT {
    private static final GatewayNode node = GatewayNode.shared();

    private static String admin = "";

    @BeforeAll
    static void logIn() throws Exception {
        admin = node.login("admin", "admin-demo-pass").get("accessToken").asString();
    }

    /** Returns each endpoint with each of its methods. The values of path variables match no row. */
    private static Stream<Endpoint> endpoints() {
        return node
                .bean("requestMappingHandlerMapping", RequestMappingHandlerMapping.class)
                .getHandlerMethods()
                .keySet()
                .stream()
                .flatMap(GatewayResponsesIT::endpoints);
    }

    private static Stream<Endpoint> endpoints(RequestMappingInfo info) {
        return info.getPatternsCondition().getPatterns().stream()
                .flatMap(pattern -> info.getMethodsCondition().getMethods().stream()
                        .map(method ->
                                new Endpoint(method, pattern.getPatternString().replaceAll("\\{[^}]*}", "0"))));
    }

    record Endpoint(RequestMethod method, String path) {
        HttpResponse<String> call(Map<String, String> headers) throws Exception {
            var request = HttpRequest.newBuilder(node.uri(path))
                    .method(method.name(), HttpRequest.BodyPublishers.ofString("{}"))
                    .header("Content-Type", "application/json");
            headers.forEach(request::header);
            return GatewayNode.send(request);
        }
    }

    @Test
    void endpointsWhenListedThenTheyAreTheGateways() {
        assertThat(endpoints())
                .hasSizeGreaterThan(15)
                .extracting(Endpoint::path)
                .contains("/system/auth/me");
    }

    /** Logs in again where a previous call has ended the administrator's session. */
    @ParameterizedTest
    @MethodSource("endpoints")
    void answerWhenItIsTheGatewaysOwnThenNoCacheKeepsIt(Endpoint endpoint) throws Exception {
        if (node.call("GET", "/system/auth/me", admin, null).statusCode() != 200) {
            logIn();
        }
        for (Map<String, String> headers :
                List.of(Map.<String, String>of(), Map.of("Authorization", "Bearer " + admin))) {
            assertThat(endpoint.call(headers).headers().firstValue("Cache-Control"))
                    .contains("no-store");
        }
    }

    @Test
    void methodWhenNotAllowedThenTheAnswerSaysWhichAre() throws Exception {
        var response = node.call("DELETE", "/system/auth/me", admin, null);

        assertThat(response.statusCode()).isEqualTo(405);
        assertThat(response.headers().firstValue("Allow").orElse("")).contains("GET");
    }

    @Test
    void statusWhenTheStyleIsEnvelopeThenRealForHeadAndForOAuth2() throws Exception {
        try (GatewayNode envelope = GatewayNode.start("--portcullis.http.status-style=envelope")) {
            assertThat(envelope.call("GET", "/api/echo/a", null, null).statusCode())
                    .isEqualTo(200);
            assertThat(envelope.call("HEAD", "/api/echo/a", null, null).statusCode())
                    .isEqualTo(401);
            assertThat(envelope.call("HEAD", "/system/auth/me", null, null).statusCode())
                    .isEqualTo(401);
            // A client that revokes a token reads the status alone.
            for (String path :
                    List.of("//oauth2/revoke", "/oauth2//revoke", "/oauth2/revoke;a=1", "/oauth2/revoke%2f")) {
                assertThat(envelope.call("POST", path, null, "{}").statusCode())
                        .as(path)
                        .isEqualTo(400);
            }
        }
    }
}
