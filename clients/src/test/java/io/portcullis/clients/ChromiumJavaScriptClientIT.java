package io.portcullis.clients;

import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Page;
import com.microsoft.playwright.Response;
import io.portcullis.clients.BrowserFixture.Mode;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The client package in two tabs of Chromium, with the tokens in the local storage (header mode). */
@ExtendWith(ChromiumExtension.class)
class ChromiumJavaScriptClientIT {
    private static final String REFRESH = "/system/auth/refresh-token";
    private static final int REFRESHES = 4;

    private final BrowserFixture fixture;

    ChromiumJavaScriptClientIT(BrowserFixture fixture) {
        this.fixture = fixture;
    }

    private static Page openTab(BrowserUser user) {
        Page tab = user.openTab();
        tab.evaluate("useClient()");
        return tab;
    }

    private static void login(Page tab) {
        tab.evaluate("client.login({ username: '%s', password: '%s' })"
                .formatted(Installation.ADMIN, Installation.PASSWORD));
    }

    private static void assertAllAnswered(Page tab) {
        assertThat(BrowserUser.call(tab, "stopCalls()").get("statuses"))
                .asInstanceOf(InstanceOfAssertFactories.LIST)
                .hasSizeGreaterThan(REFRESHES)
                .containsOnly(200);
    }

    @Test
    void callsOfTwoTabsWhenTheAccessTokenExpiresThenTheBrowserRefreshesOnce() {
        try (BrowserUser user = fixture.newUser(Mode.OFF)) {
            List<Response> refreshes = new CopyOnWriteArrayList<>();
            user.context().onResponse(response -> {
                if (response.url().endsWith(REFRESH)) {
                    refreshes.add(response);
                }
            });
            Page one = openTab(user);
            login(one);
            Page two = openTab(user);

            one.evaluate("startCalls()");
            two.evaluate("startCalls()");
            BrowserUser.await(one, () -> refreshes.size() >= REFRESHES);

            assertAllAnswered(one);
            assertAllAnswered(two);
            // Two refreshes with the same token would get the same pair.
            assertThat(refreshes.stream().map(Response::text)).doesNotHaveDuplicates();
            assertThat(refreshes).extracting(Response::status).containsOnly(200);
        }
    }

    @Test
    void callsOfOneTabWhenTheOtherLogsOutThenTheSessionIsOver() {
        try (BrowserUser user = fixture.newUser(Mode.OFF)) {
            Page one = openTab(user);
            login(one);
            Page two = openTab(user);
            assertThat(BrowserUser.call(two, "call('/api/data')").get("status")).isEqualTo(200);

            two.evaluate("client.logout()");

            one.waitForFunction("() => ended !== null");
            assertThat(one.evaluate("ended")).isEqualTo(1002000020);
            assertThat(one.evaluate("localStorage.length")).isEqualTo(0);
            Map<?, ?> answer = BrowserUser.call(one, "call('/api/data')");
            assertThat(answer.get("status")).isEqualTo(401);
        }
    }
}
