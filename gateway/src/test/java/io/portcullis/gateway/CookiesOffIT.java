package io.portcullis.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The property {@code http.allowed-origins} while cookies are off: it is about requests with cookies, and allows nothing. */
@Tag("database-independent")
class CookiesOffIT {
    private static final String PASSWORD = "some-demo-pass";
    private static final String FRIEND = "https://friend.example";
    private static final String user = "user-" + UUID.randomUUID();
    private static final GatewayNode node = GatewayNode.start("--portcullis.http.allowed-origins=" + FRIEND);

    @BeforeAll
    static void createAccount() {
        node.createAccount(user, PASSWORD, "user");
    }

    @AfterAll
    static void close() {
        node.close();
    }

    private static String accessToken() throws Exception {
        return node.login(user, PASSWORD).get("accessToken").asString();
    }

    private static String exchange(String line, String headers, String body) {
        String length = line.startsWith("POST") ? "Content-Length: " + body.length() + "\n" : "";
        return RawHttp.exchange(
                node, (line + " HTTP/1.1\nHost: localhost\n" + length + headers + "\n").replace("\n", "\r\n") + body);
    }

    @ParameterizedTest
    @CsvSource({
        "Origin: http://localhost, 101",
        "Origin: https://localhost, 101",
        "X-Nothing: x, 101",
        "Origin: https://friend.example, 403",
        "Origin: https://evil.example, 403",
        "Origin: null, 403",
        "Origin: http://localhost:81, 403"
    })
    void webSocketWhenCookiesAreOffThenOnlyTheRouteAllowsOrigins(String origin, int status) throws Exception {
        String answer = exchange(
                "GET /api/ws",
                "Connection: Upgrade\nUpgrade: websocket\nSec-WebSocket-Version: 13\n"
                        + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\nAuthorization: Bearer " + accessToken() + "\n"
                        + origin + "\n",
                "");

        assertThat(answer).startsWith("HTTP/1.1 " + status);
    }

    @ParameterizedTest
    @ValueSource(strings = {FRIEND, "https://evil.example", "null"})
    void requestWhenCookiesAreOffThenNoOriginIsRefusedOrNamed(String origin) throws Exception {
        String credentials = "{\"username\":\"%s\",\"password\":\"%s\"}".formatted(user, PASSWORD);
        String from = "Connection: close\nOrigin: " + origin + "\nSec-Fetch-Site: cross-site\n";

        String login = exchange("POST /system/auth/login", "Content-Type: application/json\n" + from, credentials);
        String call = exchange("POST /api/echo/a", "Authorization: Bearer " + accessToken() + "\n" + from, "");

        for (String answer : new String[] {login, call}) {
            assertThat(answer)
                    .startsWith("HTTP/1.1 200")
                    .doesNotContainIgnoringCase("access-control-allow-origin")
                    .doesNotContainIgnoringCase("set-cookie");
        }
    }
}
