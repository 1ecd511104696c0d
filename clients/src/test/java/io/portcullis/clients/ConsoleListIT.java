package io.portcullis.clients;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Page;
import com.microsoft.playwright.Route;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

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
    void moreWhenItTakesLongerThanTheNextReadingThenIsShown() {
        try (ConsoleUser console = ConsoleUser.signedIn(fixture, ConsoleUser.english())) {
            Page page = console.page();
            page.route("**/console/api/login-log/page?*", ConsoleListIT::answerEmpty);
            console.show("#/log");
            assertThat(page.locator(".empty")).containsText("so far");
            delayCalls(page, "after=");

            page.click("#more");

            assertThat(page.locator(".empty")).hasText("Nothing found.");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"#/accounts", "#/tokenKeys"})
    void pageWhenItsDataTakeLongerThanTheNextReadingThenTheyAreShown(String hash) {
        try (ConsoleUser console = ConsoleUser.signedIn(fixture, ConsoleUser.english())) {
            delayCalls(console.page(), "/");

            console.show(hash);

            assertThat(console.page().locator("tbody tr").first()).isVisible();
        }
    }

    @Test
    void healthWhenItTakesLongerThanTheNextReadingThenIsShown() {
        try (ConsoleUser console = ConsoleUser.signedIn(fixture, ConsoleUser.english())) {
            Page page = console.page();
            delayCalls(page, "overview");
            page.route(
                    "**/console/api/console/overview",
                    route -> route.fulfill(new Route.FulfillOptions().setStatus(503)));

            assertThat(page.locator(".banner")).isVisible();
        }
    }

    /** Delays the calls with such an address. The page reads its data again every 5 s. */
    private static void delayCalls(Page page, String part) {
        page.evaluate("""
                part => {
                  const send = window.fetch;
                  window.fetch = (url, options) => new Promise((done) =>
                    setTimeout(() => done(send(url, options)), String(url).includes(part) ? 7000 : 0));
                }""", part);
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
