package io.portcullis.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.UUID;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Logins that no program sends by itself are refused, and are no defects. */
@Tag("database-independent")
class UnusualLoginIT {
    private static final GatewayNode node = GatewayNode.shared();

    private static HttpResponse<String> login(String json) throws Exception {
        return node.call("POST", "/system/auth/login", null, json);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "{} | 400",
                "[] | 400",
                "null | 400",
                "'' | 400",
                "{\"username\":null,\"password\":\"x\"} | 400",
                "{\"username\":\"\",\"password\":\"x\"} | 400",
                "{\"username\":\"odd\",\"password\":\"\"} | 400",
                "{\"username\":{\"$ne\":1},\"password\":\"x\"} | 400",
                "{\"username\":\"a\\u0000b\",\"password\":\"x\"} | 400",
                "{\"username\":\"a\\ud800\",\"password\":\"x\"} | 400",
                "{\"username\":\"odd-1\",\"password\":\"\\ud800\"} | 400",
                "{\"username\":\"odd-1\",\"password\":\"a\\udc00b\"} | 400",
                "{\"username\":\"odd-1\",\"password\":12345678} | 400",
                "{\"username\":123,\"password\":\"x\"} | 400",
                "{\"username\":1.5,\"password\":\"x\"} | 400",
                "{\"username\":true,\"password\":\"x\"} | 400",
                "{\"username\":\"odd-1\",\"password\":\"x\",\"device\":1} | 400",
                "{\"username\":[\"odd-1\"],\"password\":\"x\"} | 400",
                "{\"username\":\"odd-2\",\"password\":\"a\\u0000b\"} | 1002000000",
                "{\"username\":\"\\ud83d\\ude00\",\"password\":\"x\"} | 1002000000",
                "{\"username\":\"odd-3\",\"password\":\"x\",\"device\":\"\"} | 1002000000",
                "{\"username\":\"odd-4\",\"password\":\"x\",\"device\":\"\\u0007\"} | 400",
                "{\"username\":\"odd-5\",\"password\":\"x\",\"device\":{}} | 400"
            })
    void loginWhenOddThenBadRequest(String json, int code) throws Exception {
        var response = login(json);

        assertThat(response.statusCode()).isEqualTo(400);
        assertThat(response.body()).contains("\"code\":" + code + ",");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "{\"username\":\"a\",\"username\":\"b\",\"password\":\"x\"} | username",
                "{\"username\":\"a\",\"password\":\"x\",\"pass\\u0077ord\":\"y\"} | password",
                "{\"username\":\"a\",\"password\":\"x\",\"other\":{\"in\\nside\":1,\"in\\nside\":1}} | inside"
            })
    void loginWhenAKeyStandsTwiceThenTheKeyIsNamed(String json, String key) throws Exception {
        var response = login(json);

        assertThat(response.statusCode()).isEqualTo(400);
        assertThat(response.body()).contains("\"code\":400,", "field " + key + " (expected: once)");
    }

    @Test
    void loginWhenTooLongThenRefused() throws Exception {
        assertThat(login(body("n".repeat(129), "x")).statusCode()).isEqualTo(400);
        assertThat(login(body("n".repeat(128), "x")).body()).contains("\"code\":1002000000,");
        assertThat(login(body("odd", "x".repeat(129))).statusCode()).isEqualTo(400);
        assertThat(login(body("odd", "x".repeat(1_000_000))).statusCode()).isEqualTo(413);
    }

    @Test
    void loginGivenTooManyWrongPasswordsThenTooManyRequestsWithRetryAfter() throws Exception {
        String user = "user-" + UUID.randomUUID();
        for (int i = 0; i < 10; i++) {
            assertThat(login(body(user, "wrong" + i)).statusCode()).isEqualTo(400);
        }

        var response = login(body(user, "wrong"));

        assertThat(response.statusCode()).isEqualTo(429);
        assertThat(response.body()).contains("\"code\":1002000002,");
        assertThat(Long.parseLong(response.headers().firstValue("Retry-After").orElseThrow()))
                .isBetween(200L, 300L);
    }

    /** Without {@code trusted-proxies} a client cannot choose the address that it counts under. */
    @Test
    void loginWhenForwardedHeadersAreForgedThenTheyCountForNothing() throws Exception {
        String user = "user-" + UUID.randomUUID();
        int refused = 0;
        for (int i = 0; i < 12; i++) {
            var request = HttpRequest.newBuilder(node.uri("/system/auth/login"))
                    .header("Content-Type", "application/json")
                    .header("X-Forwarded-For", "203.0.113." + i)
                    .POST(HttpRequest.BodyPublishers.ofString(body(user, "wrong")));
            refused += GatewayNode.send(request).statusCode() == 429 ? 1 : 0;
        }

        assertThat(refused).isEqualTo(2);
    }

    private static String body(String username, String password) {
        return "{\"username\":\"%s\",\"password\":\"%s\"}".formatted(username, password);
    }
}
