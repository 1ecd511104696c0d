package io.portcullis.gateway;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.net.Socket;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A login in one tab of a browser races the silent refresh of another tab, which has the cookies of the older session. No response with
 * cookies of the older session may follow the response to the login: the browser would keep them.
 */
@Tag("database-independent")
@Timeout(180)
class LoginRefreshRaceIT {
    private static final int ROUNDS = Integer.getInteger("race.rounds", 15);
    /**
     * The request of the tab follows that of the login by the time that an earlier login took, and a correction. The correction changes by
     * this time after each round: the refresh begins later if its cookies arrived, and earlier if the login had ended the session. Most
     * refreshes are therefore committed just before the end of the session. The service takes longer than this time.
     */
    private static final int STEP_MILLIS = 10;

    private static final int LIMIT_MILLIS = 60_000;

    private static final CookieNodes nodes = CookieNodes.shared();

    @ParameterizedTest
    @EnumSource
    void loginWhenATabRefreshesThenNoCookiesOfTheOlderSessionFollow(RequestPath path) throws Exception {
        GatewayNode node = nodes.node(path);
        long correction = 0;
        for (int round = 0; round < ROUNDS; round++) {
            long begun = System.nanoTime();
            Browser asleep = nodes.loggedIn(path).without(Browser.ACCESS);
            long loginMillis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begun);
            try (Socket login = send(node, loginOf(asleep));
                    Socket tab = sendAfter(loginMillis + correction, node, callOf(asleep))) {
                RawResponse loggedIn = RawResponse.read(login.getInputStream());
                boolean cameBefore = tab.getInputStream().available() > 0;
                RawResponse called = RawResponse.read(tab.getInputStream());

                assertThat(loggedIn.status()).endsWith(" 200 OK");
                boolean refreshed = called.headers().containsKey("set-cookie");
                if (!cameBefore) {
                    assertThat(refreshed)
                            .as("round %d, %s", round, called.status())
                            .isFalse();
                }
                correction += refreshed ? STEP_MILLIS : -STEP_MILLIS;
            }
        }
    }

    private static String loginOf(Browser browser) {
        String body = "{\"username\":\"%s\",\"password\":\"%s\"}".formatted(nodes.user(), CookieNodes.PASSWORD);
        return request(
                        "POST /system/auth/login",
                        browser,
                        "Content-Type: application/json\r\nContent-Length: " + body.length() + "\r\n")
                + body;
    }

    private static String callOf(Browser browser) {
        return request("GET /late", browser, "");
    }

    private static String request(String line, Browser browser, String headers) {
        return line + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nSec-Fetch-Site: same-origin\r\nCookie: "
                + browser.header() + "\r\n" + headers + "\r\n";
    }

    private static Socket sendAfter(long millis, GatewayNode node, String request) throws Exception {
        TimeUnit.MILLISECONDS.sleep(Math.max(0, millis));
        return send(node, request);
    }

    private static Socket send(GatewayNode node, String request) throws Exception {
        Socket socket = RawHttp.open(node);
        socket.setSoTimeout(LIMIT_MILLIS);
        socket.getOutputStream().write(request.getBytes(UTF_8));
        return socket;
    }
}
