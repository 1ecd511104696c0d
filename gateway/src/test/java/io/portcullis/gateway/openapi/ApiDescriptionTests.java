package io.portcullis.gateway.openapi;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.http.HttpHeaders;
import org.springframework.util.LinkedMultiValueMap;
import org.springframework.web.util.UriComponentsBuilder;

/** What the tests' traffic is held against: each exchange here differs in one thing from one that is as described. */
class ApiDescriptionTests {
    private static final ApiDescription DESCRIPTION = ApiDescription.read();
    private static final String DONE = "{\"code\":0,\"msg\":\"\",\"data\":true}";
    private static final String UNAUTHENTICATED = "{\"code\":401,\"msg\":\"no\",\"data\":null}";
    private static final String ME =
            "{\"code\":0,\"msg\":\"\",\"data\":{\"userId\":\"u\",\"username\":\"a\",\"userType\":\"user\",\"tenantId\":null,"
                    + "\"roles\":[],\"sessionId\":\"s\"}}";

    private static HttpHeaders headers(String... namesAndValues) {
        HttpHeaders headers = new HttpHeaders();
        headers.set("Content-Type", "application/json");
        headers.set("Cache-Control", "no-store");
        for (int i = 0; i < namesAndValues.length; i += 2) {
            headers.set(namesAndValues[i], namesAndValues[i + 1]);
        }
        return headers;
    }

    private static List<String> deviations(String method, String target, int status, HttpHeaders headers, String body) {
        return DESCRIPTION.deviationsOf(exchange(method, target, "", status, headers, body, false));
    }

    private static Exchange exchange(
            String method, String target, String sent, int status, HttpHeaders headers, String body, boolean inBody) {
        var uri = UriComponentsBuilder.fromUriString(target).build();
        return new Exchange(
                method,
                String.valueOf(uri.getPath()),
                new LinkedMultiValueMap<>(uri.getQueryParams()),
                headers("Content-Type", "application/json"),
                sent,
                status,
                headers,
                body,
                inBody);
    }

    @Test
    void exchangeWhenAsDescribedThenNothingIsFound() {
        assertThat(deviations("GET", "/system/auth/me?token=t", 200, headers(), ME))
                .isEmpty();
        assertThat(deviations("DELETE", "/console/api/session/s?reason=r", 200, headers(), DONE))
                .isEmpty();
        assertThat(deviations(
                        "GET",
                        "/system/unknown",
                        401,
                        headers("WWW-Authenticate", "Bearer realm=\"portcullis\""),
                        UNAUTHENTICATED))
                .isEmpty();
    }

    @Test
    void responseWhenFieldUnknownOrMissingThenFound() {
        assertThat(deviations("GET", "/system/auth/me", 200, headers(), ME.replace("\"sessionId\"", "\"sessionID\"")))
                .hasSize(2);
        assertThat(deviations("GET", "/system/auth/me", 200, headers(), ME.replace("\"code\"", "\"more\":1,\"code\"")))
                .hasSize(1);
        assertThat(deviations("GET", "/system/auth/me", 200, headers(), ME.replace("\"a\"", "1")))
                .hasSize(1);
    }

    @Test
    void responseWhenStatusTypeOrHeaderNotDescribedThenFound() {
        assertThat(deviations("GET", "/system/auth/me", 201, headers(), ME)).hasSize(1);
        assertThat(deviations("GET", "/system/auth/me", 200, headers("Content-Type", "text/plain"), ME))
                .hasSize(1);
        assertThat(deviations("GET", "/system/auth/me", 200, headers("Cache-Control", "public"), ME))
                .hasSize(1);
        assertThat(deviations("GET", "/system/auth/me", 401, headers(), UNAUTHENTICATED))
                .hasSize(1);
        assertThat(deviations("GET", "/system/auth/check", 200, headers(), DONE))
                .hasSize(1);
    }

    @Test
    void responseWhenCodeNotOfTheOperationOrOfAnotherStatusThenFound() {
        String taken = "{\"code\":1002000003,\"msg\":\"taken\",\"data\":null}";

        assertThat(deviations("DELETE", "/system/account/a", 409, headers(), taken))
                .hasSize(1);
        assertThat(deviations("POST", "/system/account", 409, headers(), taken)).isEmpty();
        assertThat(deviations("POST", "/system/account", 400, headers(), taken)).hasSize(2);
    }

    @Test
    void responseWhenStatusIsInTheBodyThenHeldAgainstThatOfTheCode() {
        String missing = "{\"code\":404,\"msg\":\"no\",\"data\":null}";

        assertThat(DESCRIPTION.deviationsOf(exchange("DELETE", "/system/account/a", "", 200, headers(), missing, true)))
                .isEmpty();
        assertThat(DESCRIPTION.deviationsOf(exchange("GET", "/system/auth/me", "", 200, headers(), missing, true)))
                .isNotEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "DELETE, /system/session/s?why=r",
        "PATCH, /system/session/s",
        "DELETE, /system/session/s?reason="
                + "rrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrr"
                + "rrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrr",
        "POST, /system/auth/nothing"
    })
    void requestWhenNotDescribedAndAcceptedThenFound(String method, String target) {
        assertThat(deviations(method, target, 200, headers(), DONE)).hasSize(1);
    }

    @Test
    void requestWhenBodyNotDescribedAndAcceptedThenFound() {
        String path = "/system/account/a/status";

        assertThat(DESCRIPTION.deviationsOf(
                        exchange("PUT", path, "{\"status\":\"disabled\"}", 200, headers(), DONE, false)))
                .isEmpty();
        assertThat(DESCRIPTION.deviationsOf(
                        exchange("PUT", path, "{\"status\":\"gone\"}", 200, headers(), DONE, false)))
                .hasSize(1);
        assertThat(DESCRIPTION.deviationsOf(exchange("PUT", path, "", 200, headers(), DONE, false)))
                .hasSize(1);
    }
}
