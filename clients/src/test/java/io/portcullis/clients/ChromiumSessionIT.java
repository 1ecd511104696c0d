package io.portcullis.clients;

import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Response;
import com.microsoft.playwright.options.Cookie;
import io.portcullis.clients.BrowserFixture.Mode;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Refusals as Chromium shows them, and the gateway's cookies against services and scripts. */
@ExtendWith(ChromiumExtension.class)
class ChromiumSessionIT {
    /** What services and scripts try to put in the place of the gateway's cookies. */
    private static final List<String> PLANTED = List.of(
            "__Host-portcullis_refresh=pcr_planted; Path=/; Secure",
            "__Host-portcullis_refresh=; Path=/; Secure; Max-Age=0",
            "__Host-portcullis_refresh=pcr_planted; Path=/; Secure; HttpOnly; SameSite=Lax",
            "__host-portcullis_refresh=pcr_planted; Path=/; Secure",
            "portcullis_refresh=pcr_planted; Path=/",
            "=__Host-portcullis_refresh=pcr_planted; Path=/; Secure");

    private final BrowserFixture fixture;

    ChromiumSessionIT(BrowserFixture fixture) {
        this.fixture = fixture;
    }

    /** Opens a URL with a user who answers each password box. Returns the status that the page ends with. */
    private int statusWithPasswordBox(String url, String text) {
        BrowserContext context = fixture.browser()
                .newContext(new Browser.NewContextOptions().setHttpCredentials("someone", "some-password"));
        try (context) {
            Page page = context.newPage();
            Response response = Objects.requireNonNull(page.navigate(url));
            assertThat(page.locator("body").textContent()).contains(text);
            return response.status();
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"ON", "ONLY"})
    void pageWhenTheUserIsNotLoggedInThenTheRefusalIsShownWithoutAPasswordBox(Mode mode) {
        assertThat(statusWithPasswordBox(fixture.service().uri() + "/pages/basic", "welcome"))
                .as("a page that does open a password box")
                .isEqualTo(200);

        assertThat(statusWithPasswordBox(fixture.origin(mode) + "/api/data", "\"code\":401"))
                .isEqualTo(401);
        assertThat(statusWithPasswordBox(fixture.origin(mode) + "/system/auth/me", "\"code\":401"))
                .isEqualTo(401);
    }

    private static Map<String, String> values(BrowserUser user) {
        return user.gatewayCookies().stream().collect(Collectors.toMap(cookie -> cookie.name, cookie -> cookie.value));
    }

    @Test
    void cookieOfTheGatewayWhenAServiceOrAScriptSetsItThenTheBrowserKeepsTheRealOne() {
        try (BrowserUser user = fixture.newUser(Mode.ON)) {
            Page tab = user.openLoggedInTab();
            PLANTED.forEach(cookie -> assertServiceCannotSet(user, tab, cookie));
            PLANTED.forEach(cookie -> assertScriptCannotSet(user, tab, cookie));
            user.awaitExpiry(tab);
            Map<?, ?> later = BrowserUser.call(tab, "call('/api/head')");
            assertThat(later.get("status")).isEqualTo(200);
            assertThat(later.get("body")).asString().contains("own=1").doesNotContain("portcullis", "pcr_");
        }
    }

    private static void assertServiceCannotSet(BrowserUser user, Page tab, String cookie) {
        String header = URLEncoder.encode(cookie, StandardCharsets.UTF_8);

        Map<?, ?> answer =
                BrowserUser.call(tab, "call('/api/head?Set-Cookie=own%%3D1&Set-Cookie=%s')".formatted(header));

        assertThat(answer.get("status")).isEqualTo(200);
        assertThat(answer.get("body")).asString().doesNotContain("portcullis");
        assertThat(user.context().cookies()).extracting(each -> each.name).contains("own");
        assertThat(values(user))
                .as(cookie)
                .containsKey(BrowserUser.REFRESH)
                .doesNotContainValue("pcr_planted")
                .doesNotContainValue("");
    }

    private static void assertScriptCannotSet(BrowserUser user, Page tab, String cookie) {
        String refresh = String.valueOf(values(user).get(BrowserUser.REFRESH));

        tab.evaluate("cookie => { document.cookie = cookie; }", cookie);

        assertThat(values(user)).as(cookie).containsEntry(BrowserUser.REFRESH, refresh);
    }

    @Test
    void cookieOfTheGatewayWhenPlantedBeforeTheLoginThenTheLoginReplacesIt() {
        try (BrowserUser user = fixture.newUser(Mode.ON)) {
            Page tab = user.openTab();
            for (String name : List.of(BrowserUser.ACCESS, BrowserUser.REFRESH)) {
                tab.evaluate("name => { document.cookie = name + '=pca_planted; Path=/; Secure'; }", name);
            }
            assertThat(user.gatewayCookies()).hasSize(2);

            BrowserUser.login(tab);

            assertThat(BrowserUser.call(tab, "call('/api/data')").get("status")).isEqualTo(200);
            assertThat(user.gatewayCookies())
                    .isNotEmpty()
                    .allSatisfy((Cookie cookie) -> assertThat(cookie.httpOnly).isTrue())
                    .extracting(cookie -> cookie.value)
                    .doesNotContain("pca_planted");
            assertThat(tab.evaluate("document.cookie")).isEqualTo("");
        }
    }
}
