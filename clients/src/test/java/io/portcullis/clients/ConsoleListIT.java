package io.portcullis.clients;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Page;
import com.microsoft.playwright.Route;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** What the console's lists say about what they do not show: times outside of the default range, and rows that were not read yet. */
class ConsoleListIT extends ConsoleTestCase {
    private static final String EMPTY = """
            {"code": 0, "msg": "", "data": {"list": [], "total": 0, "more": %s, "next": %s}}""";

    ConsoleListIT(BrowserFixture fixture) {
        super(fixture);
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

    @Test
    void logWhenSessionsBeginTogetherThenTheirIdsDifferAndTheRangeIsTold() {
        String user = "user-" + UUID.randomUUID();
        String id = ConsoleUser.createAccount(program, user, "user");
        for (int i = 0; i < 2; i++) {
            assertThat(ConsoleUser.login(program, user).status()).isEqualTo(200);
        }
        try (ConsoleUser console = ConsoleUser.signedIn(fixture, ConsoleUser.english())) {
            console.show("#/log/" + id);

            // The creation of the account and two logins.
            assertThat(console.page().locator("tbody tr")).hasCount(3);
            assertThat(console.page().locator("tbody td:last-child code").allTextContents())
                    .hasSize(2)
                    .doesNotHaveDuplicates();
            assertThat(console.page().locator(".hint").first()).containsText("last 7 days");
        }
    }
}
