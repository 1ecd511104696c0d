package io.portcullis.gateway;

import static io.portcullis.gateway.BodyEncodings.hex;
import static io.portcullis.gateway.PresentedPairs.LOGOUT;
import static io.portcullis.gateway.PresentedPairs.access;
import static io.portcullis.gateway.PresentedPairs.refresh;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** Tokens that a logout finds in headers that the gateway removes, in trailers, and in bodies that break off. */
@Tag("database-independent")
class LogoutHiddenFieldsIT {
    private static final PresentedPairs pairs = new PresentedPairs();

    private static String chunked(String path, String more) {
        return "POST " + path + " HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Type: text/plain\r\n"
                + "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n" + more;
    }

    /** Headers that the gateway removes before a request reaches an endpoint or a service. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "X-User-Id: TOKEN",
                "x-user_name: TOKEN",
                "X-Session-Id: TOKEN",
                "Upgrade: TOKEN",
                "HTTP2-Settings: TOKEN",
                "Connection: TOKEN",
                "Connection: X-Token\r\nX-Token: TOKEN",
                "Connection: X-Token\r\nX-Token: a\r\nX-Token: TOKEN",
                "Connection: Proxy-Authorization\r\nProxy-Authorization: Bearer TOKEN"
            })
    void logoutWhenTokenIsInARemovedHeaderThenItsSessionEnds(String header) throws Exception {
        JsonNode pair = pairs.login();

        String response = pairs.exchange("POST " + LOGOUT + " HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n"
                + header.replace("TOKEN", access(pair)) + "\r\nConnection: close\r\n\r\n");

        assertThat(response).contains("\"data\":true");
        pairs.assertDead(pair);
    }

    @Test
    void logoutWhenTokenInTrailerThenItsSessionEnds() throws Exception {
        JsonNode first = pairs.login();
        JsonNode second = pairs.login();

        String response = pairs.exchange(chunked(
                LOGOUT,
                "0\r\nX-A: 1\r\nX-Token: " + access(first) + "\r\nX-B: " + hex("%", refresh(second)) + "\r\n\r\n"));

        assertThat(response).contains("\"data\":true");
        pairs.assertDead(first);
        pairs.assertDead(second);
    }

    @Test
    void logoutWhenAnEarlierRequestHadATokenInARemovedHeaderThenItsSessionLives() throws Exception {
        JsonNode pair = pairs.login();

        String response = pairs.exchange(
                "GET /public/echo/a HTTP/1.1\r\nHost: a\r\nConnection: X-Token\r\nX-Token: " + access(pair)
                        + "\r\n\r\nPOST " + LOGOUT
                        + " HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");

        assertThat(response).contains("\"method\"").contains("\"data\":true");
        pairs.assertAlive(pair);
    }

    /** The trailer of one request is not that of the next. */
    @Test
    void logoutWhenAnEarlierRequestHadATokenInItsTrailerThenItsSessionLives() throws Exception {
        JsonNode pair = pairs.login();
        String echo = chunked("/public/echo/a", "0\r\nX-Token: " + access(pair) + "\r\n\r\n")
                .replace("Connection: close\r\n", "");

        String response = pairs.exchange(
                echo + "POST " + LOGOUT + " HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");

        assertThat(response).contains("\"method\"").contains("\"data\":true");
        pairs.assertAlive(pair);
    }

    @Test
    void logoutWhenBodyBreaksOffThenTheTokenBeforeEndsAndTheAnswerIsNotTrue() throws Exception {
        JsonNode pair = pairs.login();
        String token = access(pair);

        String response = pairs.exchange(
                chunked(LOGOUT, Integer.toHexString(token.length() + 1) + "\r\n " + token + "\r\nZZZ\r\n"));

        assertThat(response).startsWith("HTTP/1.1 400 ");
        pairs.assertDead(pair);
    }
}
