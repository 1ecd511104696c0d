package io.portcullis.gateway;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.portcullis.core.token.TokenCodec;
import io.portcullis.core.token.TokenKind;
import io.portcullis.core.token.TokenVerification;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * The tabs of one browser wake up at the same time with an expired access token, on three nodes, and lose some of the responses.
 * The system property {@code stampede.rounds} sets the number of rounds.
 */
@Tag("database-independent")
class CookieStampedeIT {
    private static final int TABS = 50;
    private static final int ROUNDS = Integer.getInteger("stampede.rounds", 8);
    private static final int LIMIT_MILLIS = 30_000;
    private static final String SET_COOKIE = "Set-Cookie: ";
    private static final String PASSWORD = "some-demo-pass";
    private static final String user = "user-" + UUID.randomUUID();
    private static final List<GatewayNode> nodes = List.of(start(true), start(true), start(false));

    private static final ExecutorService streamTabs = Executors.newFixedThreadPool(TABS / 5);

    private static GatewayNode start(boolean fast) {
        return GatewayNode.start(
                "--portcullis.http.cookies=only",
                "--portcullis.fast-path.enabled=" + fast,
                // The rounds follow each other faster than the grace window, and a slow machine must not leave it.
                "--portcullis.refresh.grace=60s");
    }

    @BeforeAll
    static void createAccount() {
        nodes.get(0).createAccount(user, PASSWORD, "user");
    }

    @AfterAll
    static void close() {
        streamTabs.shutdownNow();
        nodes.forEach(GatewayNode::close);
    }

    private static String sessionOf(Browser browser) {
        var verified = nodes.get(0).bean(TokenCodec.class).verify(TokenKind.REFRESH, browser.value(Browser.REFRESH));
        return String.valueOf(((TokenVerification.Genuine) verified).token().sessionId());
    }

    /** Returns the browser as it is when its access token has expired. */
    private static Browser asleep(Browser browser) {
        GatewayNode node = nodes.get(0);
        var past = node.bean(Clock.class).instant().minus(Duration.ofMinutes(1));
        return browser.with(
                Browser.ACCESS,
                node.bean(TokenCodec.class).mintAccess(sessionOf(browser), past).value());
    }

    private static CompletableFuture<HttpResponse<String>> call(Browser browser, int tab) {
        GatewayNode node = nodes.get(tab % nodes.size());
        boolean post = tab % 5 == 0;
        HttpRequest request = browser.request(node, post ? "POST" : "GET", "/api/echo/" + tab, post ? "\"x\"" : null)
                .header("Sec-Fetch-Site", "same-origin")
                .timeout(Duration.ofSeconds(30))
                .build();
        return GatewayNode.HTTP.sendAsync(request, HttpResponse.BodyHandlers.ofString());
    }

    /**
     * What a tab learns from the head of a response.
     *
     * @param text the body, or the head if the tab opened a stream
     */
    private record Answer(int status, List<String> cookies, String text) {
        static Answer of(HttpResponse<String> response) {
            return new Answer(response.statusCode(), cookiesOf(response), response.body());
        }

        static Answer ofHead(String head) {
            List<String> cookies = head.lines()
                    .filter(line -> line.regionMatches(true, 0, SET_COOKIE, 0, SET_COOKIE.length()))
                    .map(line -> line.substring(SET_COOKIE.length()))
                    .toList();
            return new Answer(Integer.parseInt(head.split(" ", 3)[1]), cookies, head);
        }
    }

    /** Of ten tabs one opens a WebSocket, one an event stream; the others call. */
    private static List<Answer> wave(Browser browser) {
        List<CompletableFuture<Answer>> calls = new ArrayList<>();
        for (int tab = 0; tab < TABS; tab++) {
            calls.add(
                    switch (tab % 10) {
                        case 3 -> stream(browser, tab, "/api/ticks", "Accept: text/event-stream\r\n");
                        case 7 ->
                            stream(browser, tab, "/api/ws", "Origin: http://localhost\r\n" + StreamClient.UPGRADE);
                        default -> call(browser, tab).thenApply(Answer::of);
                    });
        }
        return calls.stream().map(CompletableFuture::join).toList();
    }

    private static CompletableFuture<Answer> stream(Browser browser, int tab, String path, String headers) {
        GatewayNode node = nodes.get(tab % nodes.size());
        String request = "GET %s HTTP/1.1\r\nHost: localhost\r\nSec-Fetch-Site: same-origin\r\nCookie: %s\r\n%s\r\n"
                .formatted(path, browser.header(), headers);
        return CompletableFuture.supplyAsync(() -> Answer.ofHead(readHead(node, request)), streamTabs);
    }

    /** Returns the head of the response, and leaves the stream. */
    private static String readHead(GatewayNode node, String request) {
        StringBuilder head = new StringBuilder();
        try (Socket socket = new Socket("localhost", node.uri("/").getPort())) {
            socket.setSoTimeout(LIMIT_MILLIS);
            socket.getOutputStream().write(request.getBytes(ISO_8859_1));
            for (int next = 0; next >= 0 && head.indexOf("\r\n\r\n") < 0; ) {
                next = socket.getInputStream().read();
                head.append((char) next);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("after: " + head, e);
        }
        return head.toString();
    }

    private static List<String> cookiesOf(HttpResponse<?> response) {
        return response.headers().allValues("Set-Cookie");
    }

    @Test
    void tabsWhenTheyWakeUpTogetherThenOneRotationServesThemAll() throws Exception {
        Browser browser = Browser.loggedIn(nodes.get(0), user, PASSWORD);
        String session = sessionOf(browser);
        Random random = new Random(12);
        int rotations = 0;
        boolean presentsSpentToken = false;
        for (int round = 0; round < ROUNDS; round++) {
            rotations += presentsSpentToken ? 0 : 1;
            // In a tenth of the rounds no response of the first wave arrives, and the browser keeps its old cookies.
            boolean allLost = random.nextInt(10) == 0 || round == 1;
            presentsSpentToken = true;
            for (Answer answer : wave(asleep(browser))) {
                assertThat(answer.status()).as(answer.text()).isIn(200, 101);
                assertThat(answer.cookies()).as(answer.text()).hasSize(2);
                if (!allLost && random.nextInt(10) != 0) {
                    browser.keep(answer.cookies());
                    presentsSpentToken = false;
                }
            }
            assertThat(GatewayNode.count("SELECT MAX(generation) FROM refresh_token WHERE session_id = ?", session))
                    .as("round %d", round)
                    .isEqualTo(1 + rotations);
        }
        assertThat(GatewayNode.count(
                        "SELECT COUNT(*) FROM login_log WHERE session_id = ? AND type <> 'LOGIN'", session))
                .isZero();
        System.out.printf(
                "STAMPEDE %d rounds of %d tabs on %d nodes: %d rotations, no call refused, session not ended%n",
                ROUNDS, TABS, nodes.size(), rotations);
        assertThat(browser.get(nodes.get(1), "/api/echo/a").statusCode()).isEqualTo(200);
    }

    @Test
    void logoutWhenTabsAreRefreshedThenItWins() throws Exception {
        for (int round = 0; round < ROUNDS; round++) {
            Browser browser = Browser.loggedIn(nodes.get(0), user, PASSWORD);
            Browser tabs = asleep(browser);
            List<CompletableFuture<HttpResponse<String>>> before = new ArrayList<>();
            for (int tab = 0; tab < 10; tab++) {
                before.add(call(tabs, tab));
            }
            GatewayNode node = nodes.get(round % nodes.size());
            assertThat(browser.call(node, "POST", "/system/auth/logout", null).statusCode())
                    .isEqualTo(200);

            List<HttpResponse<String>> after = new ArrayList<>();
            for (int tab = 0; tab < 6; tab++) {
                after.add(call(tabs, tab).join());
            }
            for (CompletableFuture<HttpResponse<String>> each : before) {
                HttpResponse<String> response = each.join();
                if (response.statusCode() == 200) {
                    Browser refreshed = new Browser();
                    refreshed.keep(cookiesOf(response));
                    if (refreshed.isEmpty()) {
                        // The logout overtook this response, which therefore brings no cookies (ADR 25).
                        continue;
                    }
                    after.add(call(refreshed, round).join());
                    after.add(call(refreshed.without(Browser.ACCESS), round + 1).join());
                } else {
                    after.add(response);
                }
            }
            for (HttpResponse<String> response : after) {
                assertThat(response.statusCode()).isEqualTo(401);
                assertThat(response.body()).contains("1002000020");
                assertThat(cookiesOf(response)).hasSize(2).allMatch(cookie -> cookie.contains("Max-Age=0"));
            }
        }
    }
}
