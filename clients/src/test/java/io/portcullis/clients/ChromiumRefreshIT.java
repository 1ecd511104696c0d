package io.portcullis.clients;

import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.Cookie;
import com.microsoft.playwright.options.SameSiteAttribute;
import io.portcullis.clients.BrowserFixture.Mode;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Silent refresh in Chromium: the calls of two tabs, while access tokens expire every two seconds. */
@ExtendWith(ChromiumExtension.class)
class ChromiumRefreshIT {
    /** So many refreshes take more than 10 s, because a cookie lives for a whole number of seconds. */
    private static final int REFRESHES = 11;

    private final BrowserFixture fixture;

    ChromiumRefreshIT(BrowserFixture fixture) {
        this.fixture = fixture;
    }

    @ParameterizedTest
    @EnumSource(names = {"ON", "ONLY"})
    void callsOfTwoTabsWhenTheAccessTokenExpiresThenNoneIsRefused(Mode mode) {
        try (BrowserUser user = fixture.newUser(mode)) {
            Page one = user.openTab();
            Page two = user.openTab();
            assertThat(BrowserUser.login(one)).contains("sessionId").doesNotContain("pca_", "pcr_", "oken");

            one.evaluate("startCalls()");
            two.evaluate("startCalls()");
            user.awaitRefreshes(one, REFRESHES);

            for (Page tab : List.of(one, two)) {
                Map<?, ?> calls = BrowserUser.call(tab, "stopCalls()");
                assertThat(calls.get("statuses"))
                        .asInstanceOf(InstanceOfAssertFactories.LIST)
                        .hasSizeGreaterThan(REFRESHES)
                        .containsOnly(200);
                assertThat(calls.get("cookies"))
                        .asInstanceOf(InstanceOfAssertFactories.LIST)
                        .containsOnly("");
            }
            assertThat(user.gatewayCookies()).isNotEmpty().allSatisfy(ChromiumRefreshIT::assertOutOfReachOfScripts);
        }
    }

    private static void assertOutOfReachOfScripts(Cookie cookie) {
        assertThat(cookie.httpOnly).isTrue();
        assertThat(cookie.secure).isTrue();
        assertThat(cookie.sameSite).isEqualTo(SameSiteAttribute.LAX);
        assertThat(cookie.path).isEqualTo("/");
    }
}
