package io.portcullis.clients;

import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Page;
import io.portcullis.clients.BrowserFixture.Mode;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Uploads of Chromium that begin with an expired access token, or during which the access token expires. */
@ExtendWith(ChromiumExtension.class)
class ChromiumUploadIT {
    private static final int LENGTH = 20 * 1024 * 1024;

    private final BrowserFixture fixture;

    ChromiumUploadIT(BrowserFixture fixture) {
        this.fixture = fixture;
    }

    private static Object prepareBody(Page tab) {
        return tab.evaluate("prepareBody(%d)".formatted(LENGTH));
    }

    @Test
    void formWhenTheAccessTokenHasExpiredThenItsFileArrivesWhole() {
        try (BrowserUser user = fixture.newUser(Mode.ON)) {
            Page tab = user.openLoggedInTab();
            Object digest = tab.evaluate("prepareForm('/api/form', %d)".formatted(LENGTH));
            user.awaitExpiry(tab);

            tab.waitForResponse(
                    "**/api/form", () -> tab.locator("#upload button").click());

            assertThat(tab.locator("body").textContent()).isEqualTo(LENGTH + " " + digest);
            assertThat(user.gatewayCookies()).isNotEmpty();
        }
    }

    @Test
    void uploadWhenTheAccessTokenHasExpiredThenItArrivesWhole() {
        try (BrowserUser user = fixture.newUser(Mode.ON)) {
            Page tab = user.openLoggedInTab();
            Object digest = prepareBody(tab);
            user.awaitExpiry(tab);

            Map<?, ?> answer = BrowserUser.call(tab, "upload('/api/upload')");

            assertThat(answer.get("status")).isEqualTo(200);
            assertThat(answer.get("body")).isEqualTo(LENGTH + " " + digest);
        }
    }

    @Test
    void uploadWhenTheSessionIsRefreshedMeanwhileThenItArrivesWhole() {
        BrowserService.Upload held = fixture.service().uploadOf("refresh");
        try (BrowserUser user = fixture.newUser(Mode.ON)) {
            Page one = user.openLoggedInTab();
            Page two = user.openTab();
            Object digest = prepareBody(one);
            one.evaluate("() => { window.answer = upload('/api/upload?hold=refresh'); }");
            BrowserUser.await(one, held.begun()::isDone);

            two.evaluate("startCalls()");
            user.awaitRefreshes(two, 2);
            two.evaluate("stopCalls()");
            held.released().complete(null);

            Map<?, ?> answer = BrowserUser.call(one, "window.answer");
            assertThat(answer.get("status")).isEqualTo(200);
            assertThat(answer.get("body")).isEqualTo(LENGTH + " " + digest);
        }
    }
}
