package io.portcullis.clients;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;

import com.microsoft.playwright.Page;
import com.microsoft.playwright.Route;
import com.microsoft.playwright.assertions.PlaywrightAssertions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What the console's lists say about what they do not show. */
@ExtendWith(ChromiumExtension.class)
class ConsoleListIT {
    private static final String EMPTY = """
            {"code": 0, "msg": "", "data": {"list": [], "total": 0, "more": %s, "next": %s}}""";

    private final BrowserFixture fixture;

    ConsoleListIT(BrowserFixture fixture) {
        this.fixture = fixture;
    }

    @BeforeEach
    void waitLong() {
        PlaywrightAssertions.setDefaultAssertionTimeout(60_000);
    }

    private static void answerEmpty(Route route) {
        boolean last = route.request().url().contains("after=");
        route.fulfill(new Route.FulfillOptions()
                .setContentType("application/json")
                .setBody(EMPTY.formatted(!last, last ? "null" : "\"next\"")));
    }

    @Test
    void logWhenAnEmptyPageHasANextOneThenTheSearchCanGoOn() {
        try (ConsoleUser console = ConsoleUser.signedIn(fixture, ConsoleUser.english())) {
            Page page = console.page();
            page.route("**/console/api/login-log/page?*", ConsoleListIT::answerEmpty);

            console.show("#/log");
            assertThat(page.locator(".empty")).containsText("so far");
            page.click("#more");

            assertThat(page.locator(".empty")).hasText("Nothing found.");
            assertThat(page.locator("#more")).hasCount(0);
        }
    }
}
