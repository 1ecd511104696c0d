package io.portcullis.gateway;

import static io.portcullis.gateway.CookieAssertions.setCookies;
import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpRequest;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.web.bind.annotation.RequestMethod;
import org.springframework.web.reactive.result.method.annotation.RequestMappingHandlerMapping;

/** Requests with cookies that pages of other origins make. */
@Tag("database-independent")
class ForeignPageIT {
    private static final CookieNodes nodes = CookieNodes.shared();

    @ParameterizedTest
    @CsvSource({
        "Origin: http://localhost, 101",
        "Origin: https://friend.example, 101",
        "Origin: https://evil.example, 403",
        "Origin: https://localhost, 403",
        "Origin: http://localhost:81, 403",
        "Origin: null, 403",
        "X-Requested-With: x, 403"
    })
    void webSocketWhenOriginForeignThenRefused(String origin, int status) throws Exception {
        Browser browser = nodes.loggedIn(RequestPath.FILTER_CHAIN);

        assertThat(CookieNodes.handshake(nodes.node(RequestPath.FILTER_CHAIN), browser, origin))
                .startsWith("HTTP/1.1 " + status);
    }

    /** Every endpoint of the gateway that reads cookies, so that a new one cannot be forgotten. Those of OAuth 2 read none (docs/oauth2.md). */
    @Test
    void endpointWhenItChangesSomethingThenRefusesForeignPages() throws Exception {
        GatewayNode node = nodes.node(RequestPath.FILTER_CHAIN);
        Browser browser = nodes.loggedIn(RequestPath.FILTER_CHAIN);
        List<String> asked = new ArrayList<>();
        for (var mapping : node.bean(RequestMappingHandlerMapping.class)
                .getHandlerMethods()
                .keySet()) {
            for (var method : mapping.getMethodsCondition().getMethods()) {
                String path = mapping.getPatternsCondition()
                        .getPatterns()
                        .iterator()
                        .next()
                        .getPatternString()
                        .replaceAll("\\{\\w+}", "x");
                if (method != RequestMethod.GET && !path.startsWith("/oauth2/")) {
                    asked.add(method + " " + path);
                }
            }
        }

        assertThat(asked).contains("PUT /system/account/x/roles", "DELETE /system/account/x");
        for (String call : asked) {
            String answer = RawHttp.exchange(
                    node,
                    call + " HTTP/1.1\r\nHost: gw.example\r\nConnection: close\r\nContent-Length: 0\r\nCookie: "
                            + browser.header() + "\r\nSec-Fetch-Site: cross-site\r\n\r\n");
            assertThat(answer).as(call).startsWith("HTTP/1.1 403").contains("1002000030");
        }
    }

    @ParameterizedTest
    @CsvSource({
        "GET, '', 200",
        "POST, '', 403",
        "DELETE, '', 403",
        "POST, Sec-Fetch-Site: same-origin, 200",
        "POST, Sec-Fetch-Site: none, 200",
        "POST, Sec-Fetch-Site: same-site, 403",
        "POST, Sec-Fetch-Site: cross-site, 403",
        "POST, Sec-Fetch-Site: cross-site|X-Requested-With: x, 403",
        "POST, Sec-Fetch-Site: same-site|Origin: https://friend.example, 200",
        "POST, Sec-Fetch-Site: cross-site|Origin: https://evil.example|X-Requested-With: x, 403",
        "POST, Origin: http://gw.example, 200",
        "POST, Origin: HTTP://GW.example:80, 200",
        "POST, Origin: https://gw.example, 403",
        "POST, Origin: http://gw.example:8080, 403",
        "POST, Origin: http://gw.example.evil.example, 403",
        "POST, Origin: http://evil.example@gw.example, 403",
        "POST, Origin: https://friend.example:443, 200",
        "POST, Origin: https://friend.example., 403",
        "POST, Origin: https://friend.example/, 403",
        "POST, Origin: https://user@friend.example, 403",
        "POST, Origin: https://friend.example:8443, 403",
        "POST, Origin: http://friend.example, 403",
        "POST, Origin: https://xn--mnchen-3ya.example, 200",
        "POST, Origin: http://[2001:db8::1]:8080, 200",
        "POST, Origin: http://[2001:DB8::1]:8080, 200",
        "POST, Origin: http://[2001:db8::1], 403",
        "POST, Origin: https://friend.example|Origin: https://friend.example, 403",
        "POST, Origin: http://gw.example|Origin: https://evil.example, 403",
        "POST, X-Forwarded-Proto: wss|X-Forwarded-Host: app.example|Origin: https://app.example, 200",
        "POST, Origin: null, 403",
        "POST, Origin: null|X-Requested-With: x, 403",
        "POST, Origin: https://evil.example|X-Requested-With: x, 403",
        "POST, X-Requested-With: x, 200",
        "POST, X-Forwarded-Proto: https|X-Forwarded-Host: app.example|Origin: https://app.example, 200",
        "POST, X-Forwarded-Proto: https|X-Forwarded-Host: app.example|Origin: http://gw.example, 403",
        "POST, X-Forwarded-Proto: https|Origin: https://gw.example, 200"
    })
    void requestWhenFromAPageOfAnotherOriginThenRefused(String method, String headers, int status) throws Exception {
        for (RequestPath path : RequestPath.values()) {
            Browser browser = nodes.loggedIn(path);
            for (String target : List.of("/api/echo/a", "/system/auth/logout")) {
                if (target.startsWith("/system") && !method.equals("POST")) {
                    continue;
                }
                String head =
                        "%s %s HTTP/1.1\r\nHost: gw.example\r\nConnection: close\r\nContent-Length: 0\r\nCookie: %s\r\n"
                                .formatted(method, target, browser.header());
                String answer = RawHttp.exchange(
                        nodes.node(path),
                        head + (headers.isEmpty() ? "" : headers.replace("|", "\r\n") + "\r\n") + "\r\n");
                assertThat(answer).as("%s %s", path, target).startsWith("HTTP/1.1 " + status);
                assertThat(answer.contains("1002000030")).isEqualTo(status == 403);
            }
            assertThat(browser.get(nodes.node(path), "/api/echo/a").statusCode())
                    .isEqualTo(status == 403 || method.equals("GET") ? 200 : 401);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "login, '', 200",
        "login, Sec-Fetch-Site: same-origin, 200",
        "login, Sec-Fetch-Site: cross-site, 403",
        "login, Origin: https://evil.example, 403",
        "login, Origin: https://evil.example|X-Requested-With: x, 403",
        "login, Origin: https://friend.example, 200",
        "login, Origin: null, 403",
        "refresh-token, Sec-Fetch-Site: cross-site, 403",
        "refresh-token, '', 401"
    })
    void loginWhenFromAPageOfAnotherOriginThenRefused(String call, String headers, int status) throws Exception {
        var request = HttpRequest.newBuilder(nodes.node(RequestPath.FAST_PATH).uri("/system/auth/" + call))
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(
                        "{\"username\":\"%s\",\"password\":\"%s\"}".formatted(nodes.user(), CookieNodes.PASSWORD)));
        for (String header : headers.isEmpty() ? new String[0] : headers.split("\\|")) {
            request.header(header.replaceFirst(":.*", ""), header.replaceFirst(".*?: ", ""));
        }

        var response = GatewayNode.send(request);

        assertThat(response.statusCode()).isEqualTo(status);
        assertThat(setCookies(response)).hasSize(status == 200 ? 2 : 0);
    }

    @ParameterizedTest
    @CsvSource({
        "X-Nothing: x, http://gw.example, 200",
        "X-Nothing: x, https://gw.example, 200",
        "X-Nothing: x, https://app.example, 403",
        "X-Forwarded-Host: app.example, https://app.example, 200",
        "X-Forwarded-Host: app.example, http://gw.example, 403",
        "X-Forwarded-Host: app.example:8443, https://app.example:8443, 200",
        "X-Forwarded-Host: app.example:8443, https://app.example, 403"
    })
    void requestWhenThereAreCorsRulesThenAPageOfTheOwnHostNeedsNone(String header, String origin, int status)
            throws Exception {
        for (RequestPath path : RequestPath.values()) {
            String token = nodes.loggedIn(path).value(Browser.ACCESS);
            long before = nodes.fastPathCount(path);

            RawResponse response = nodes.exchange(
                    path,
                    "GET /api/status/200\nHost: gw.example\nAuthorization: Bearer %s\n%s\nX-Forwarded-Proto: https\nOrigin: %s\n"
                            .formatted(token, header, origin));

            assertThat(response.status()).as("%s", path).contains(" " + status);
            assertThat(response.headers()).doesNotContainKey("access-control-allow-origin");
            assertThat(nodes.fastPathCount(path) - before)
                    .isEqualTo(path == RequestPath.FAST_PATH && status == 200 ? 1 : 0);
        }
    }
}
