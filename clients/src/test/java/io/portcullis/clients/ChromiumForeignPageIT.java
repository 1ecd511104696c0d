package io.portcullis.clients;

import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Page;
import com.microsoft.playwright.Response;
import com.microsoft.playwright.options.Cookie;
import io.portcullis.clients.BrowserFixture.Mode;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** What pages of other origins achieve in a Chromium whose user is logged in at the gateway (docs/design.md section 11). */
@ExtendWith(ChromiumExtension.class)
class ChromiumForeignPageIT {
    /** These attempts replace the page by the response. */
    private static final Set<String> NAVIGATIONS = Set.of("form", "navigation");

    private static final Pattern STATUS = Pattern.compile("\\b[1-5]\\d\\d\\b");

    /** Where a page comes from, as the browser sees it from the gateway's origin. */
    enum From {
        OWN_ORIGIN,
        /** Another port of the same host: the browser sends the cookies along. */
        SAME_SITE,
        /** Another host: the browser sends cookies with {@code SameSite=Lax} along when the user follows a link. */
        CROSS_SITE
    }

    private final BrowserFixture fixture;
    /** The status of the response to each attempt, by the target of its request, if the browser tells it. */
    private final Map<String, String> statuses = new ConcurrentHashMap<>();

    ChromiumForeignPageIT(BrowserFixture fixture) {
        this.fixture = fixture;
    }

    private Page open(BrowserUser user, From from) {
        int port = fixture.service().port();
        return switch (from) {
            case OWN_ORIGIN -> user.openTab();
            case SAME_SITE -> user.openTab("http://localhost:" + port);
            case CROSS_SITE -> user.openTab("http://127.0.0.1:" + port);
        };
    }

    /**
     * Each row names an attempt and the status of the response to a page of the own origin, of the same site, and of another
     * site. A status below 400 means that the request has reached the service. "none": the browser does not send the request,
     * because the gateway does not allow it in advance (CORS).
     */
    @ParameterizedTest
    @CsvSource({
        "form,            200, 403, 401",
        "fetchNoCors,     200, 403, 401",
        "fetchKeepAlive,  200, 403, 401",
        "fetchCors,       200, 403, 401",
        "fetchJson,       200, none, none",
        "fetchWithHeader, 200, none, none",
        "fetchDelete,     200, none, none",
        "webSocket,       101, 403, 403",
        "fetchGet,        200, 200, 401",
        "eventSource,     200, 200, 401",
        "image,           200, 200, 401",
        "script,          200, 200, 401",
        "frame,           200, 200, 401",
        "navigation,      200, 200, 200"
    })
    void requestOfAPageWhenTheUserIsLoggedInThenItsOriginDecides(
            String attempt, String own, String sameSite, String crossSite) {
        try (BrowserUser user = fixture.newUser(Mode.ON)) {
            Page victim = user.openLoggedInTab();
            assertAnswered(user, From.OWN_ORIGIN, attempt, own);
            assertAnswered(user, From.SAME_SITE, attempt, sameSite);
            assertAnswered(user, From.CROSS_SITE, attempt, crossSite);
            assertThat(BrowserUser.call(victim, "call('/api/data')").get("status"))
                    .isEqualTo(200);
        }
    }

    private void assertAnswered(BrowserUser user, From from, String attempt, String status) {
        String target = target(attempt, from);

        boolean reaches = status.compareTo("400") < 0;
        Page page = open(user, from);
        run(page, attempt, target);

        if (reaches) {
            // The gateway accepts a WebSocket before it connects to the service.
            BrowserUser.await(page, () -> !fixture.service().seen(target).isEmpty());
        }
        assertThat(fixture.service().seen(target))
                .as("%s from %s: requests that the service has received", attempt, from)
                .hasSize(reaches ? 1 : 0);
        // The browser tells no status of a response that it hides from the page.
        assertThat(statuses.getOrDefault(target, status))
                .as("%s from %s", attempt, from)
                .isEqualTo(status);
    }

    private static String target(String attempt, From from) {
        String path = switch (attempt) {
            case "webSocket" -> "/api/ws";
            case "eventSource" -> "/api/events";
            default -> "/api/transfer";
        };
        return path + "?by=" + attempt + "&from=" + from;
    }

    /** Runs an attempt until the browser has the response, or has given up. */
    private void run(Page page, String attempt, String target) {
        page.onResponse(response -> {
            boolean preflight = response.request().method().equals("OPTIONS");
            if (response.url().endsWith(target) && !preflight) {
                statuses.put(target, String.valueOf(response.status()));
            }
        });
        page.onWebSocket(socket -> socket.onSocketError(error -> observe(target, error)));
        String script = "attempts.%s('%s')".formatted(attempt, fixture.origin(Mode.ON) + target);
        if (NAVIGATIONS.contains(attempt)) {
            page.waitForResponse(response -> response.url().endsWith(target), () -> page.evaluate(script));
            page.waitForURL(url -> url.endsWith(target));
        } else {
            page.evaluate(script);
        }
    }

    private void observe(String target, String error) {
        Matcher status = STATUS.matcher(error);
        if (status.find()) {
            statuses.put(target, status.group());
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"SAME_SITE", "CROSS_SITE"})
    void loginByAForeignPageWhenThereIsNoSessionThenTheBrowserGetsNone(From from) {
        try (BrowserUser user = fixture.newUser(Mode.ON)) {
            Page page = open(user, from);
            String credentials = "{username:'%s',password:'%s'}".formatted(Installation.ADMIN, Installation.PASSWORD);
            String login = fixture.origin(Mode.ON) + "/system/auth/login";
            for (String type : List.of("text/plain", "application/json")) {
                page.evaluate(
                        "fetched('%s', {method:'POST', mode:'%s', headers:{'Content-Type':'%s'}, body:JSON.stringify(%s)})"
                                .formatted(login, type.startsWith("text") ? "no-cors" : "cors", type, credentials));
                assertThat(user.gatewayCookies()).isEmpty();
            }
            int status = sendForm(page, "/system/auth/login", "text/plain");
            assertThat(status).isEqualTo(403);
            assertThat(user.gatewayCookies()).isEmpty();
        }
    }

    /** Submits a form to the gateway, which navigates the page, and returns the status of the response. */
    private int sendForm(Page page, String path, String type) {
        // With the type text/plain the body of this form is JSON.
        String json = "{\"username\":\"%s\",\"password\":\"%s\",\"device\":\""
                .formatted(Installation.ADMIN, Installation.PASSWORD);
        Response answer = page.waitForResponse(
                response -> response.url().endsWith(path),
                () -> page.evaluate(
                        "([url, type, name]) => sendForm(url, type, name, '\"}')",
                        List.of(fixture.origin(Mode.ON) + path, type, json)));
        page.waitForURL(url -> url.endsWith(path));
        return answer.status();
    }

    @ParameterizedTest
    @CsvSource({
        "login, SAME_SITE, 403",
        "login, CROSS_SITE, 403",
        "refresh-token, SAME_SITE, 403",
        "refresh-token, CROSS_SITE, 403",
        "logout, SAME_SITE, 403",
        "logout, CROSS_SITE, 200",
        "logout-all, SAME_SITE, 403",
        "logout-all, CROSS_SITE, 401"
    })
    void formOfAForeignPageWhenTheUserIsLoggedInThenTheSessionLivesOn(String call, From from, int status) {
        try (BrowserUser user = fixture.newUser(Mode.ON)) {
            Page victim = user.openLoggedInTab();
            Set<String> names = names(user);

            assertThat(sendForm(open(user, from), "/system/auth/" + call, "application/x-www-form-urlencoded"))
                    .isEqualTo(status);

            assertThat(names(user)).contains(BrowserUser.REFRESH).isSubsetOf(names);
            assertThat(BrowserUser.call(victim, "call('/api/data')").get("status"))
                    .isEqualTo(200);
        }
    }

    private static Set<String> names(BrowserUser user) {
        return user.gatewayCookies().stream().map(cookie -> cookie.name).collect(Collectors.toSet());
    }

    @ParameterizedTest
    @EnumSource(names = {"SAME_SITE", "CROSS_SITE"})
    void linkOfAForeignPageWhenTheAccessTokenHasExpiredThenTheSessionIsRefreshed(From from) {
        try (BrowserUser user = fixture.newUser(Mode.ON)) {
            Page victim = user.openLoggedInTab();
            user.awaitExpiry(victim);
            List<Cookie> before = user.gatewayCookies();

            String target = "/api/linked?from=" + from;
            run(open(user, from), "navigation", target);

            assertThat(fixture.service().seen(target)).hasSize(1);
            assertThat(user.gatewayCookies())
                    .extracting(cookie -> cookie.value)
                    .isNotEmpty()
                    .doesNotContain(before.get(0).value);
        }
    }
}
