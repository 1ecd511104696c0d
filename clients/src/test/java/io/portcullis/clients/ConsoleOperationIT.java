package io.portcullis.clients;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The pages of the console that show the installation: the routes in force, the token keys, and the diagnostics. */
class ConsoleOperationIT extends ConsoleTestCase {
    ConsoleOperationIT(BrowserFixture fixture) {
        super(fixture);
    }

    @AfterEach
    void restoreFiles() {
        fixture.files().restore();
    }

    private static void press(ConsoleUser console, String key, String title) {
        console.page().keyboard().press("g");
        console.page().keyboard().press(key);
        assertThat(console.page().locator("h1")).hasText(title);
    }

    private static Locator row(Page page, String text) {
        return page.locator("tbody tr", new Page.LocatorOptions().setHasText(text));
    }

    @Test
    void routesWhenShownThenEachHasItsRulesAndItsPlaceInTheFiles() {
        try (ConsoleUser console = signedIn()) {
            Page page = console.page();
            press(console, "s", "Routes");

            assertThat(page.locator("#count")).hasText("2");
            assertThat(row(page, "pages")).containsText("Path=/pages/**");
            assertThat(row(page, "pages")).containsText("auth: none");
            assertThat(row(page, "pages")).containsText(Pattern.compile("routes\\.yaml.*line \\d"));
            page.fill("#search", "/api/");
            assertThat(page.locator("tbody tr")).hasCount(1);
            assertThat(page.locator("tbody tr")).containsText("response-timeout: 120000");
            assertThat(console.complaints()).isEmpty();
        }
    }

    @Test
    void routesWhenAFileIsWrongThenItsMistakeIsShownUntilItIsMended() {
        var options = ConsoleUser.english().setViewportSize(390, 844);
        try (ConsoleUser console = ConsoleUser.signedIn(fixture, options)) {
            Page page = console.page();
            console.show("#/routes");
            assertThat(row(page, "Path=/pages/**")).isVisible();

            fixture.files().append(ConfigurationFiles.APPLICATION, "portcullis.refresh.grace: 12s\n");
            assertThat(page.locator("#routes-restart")).containsText("portcullis.refresh.grace");
            fixture.files().append(ConfigurationFiles.ROUTES, "  - {id: <b>late</b>, predicate: [Path=/late]}\n");

            assertThat(page.locator("#routes-refused")).containsText("Did you mean 'predicates'?");
            assertThat(page.locator("#routes-refused")).containsText("routes.yaml");
            assertThat(row(page, "Path=/pages/**")).isVisible();
            assertThat(page.locator("main b", new Page.LocatorOptions().setHasText("late")))
                    .hasCount(0);
            assertThat(console.violations()).isEmpty();
            assertThat(console.overflow()).isZero();

            fixture.files().restore();
            assertThat(page.locator("#routes-refused")).hasCount(0);
            assertThat(page.locator("#routes-restart")).hasCount(0);
            page.selectOption("#language", "zh");
            assertThat(page.locator("h1")).hasText("路由");
            assertThat(console.complaints()).isEmpty();
        }
    }

    @Test
    void tokenKeyWhenRotatedAndDroppedThenEachNodeFollowsAndTheListShowsIt() {
        try (ConsoleUser console = signedIn()) {
            Page page = console.page();
            press(console, "k", "Token keys");
            Locator signing = row(page, "signing").locator("td").first();
            String old = signing.innerText().trim();
            assertThat(row(page, "signing").getByText("Drop")).hasCount(0);

            page.click("#rotate");
            assertThat(page.locator("dialog")).containsText("nobody is logged out");
            page.click("#dialog-confirm");
            assertThat(page.locator("#key-outcome")).containsText("Each node has it.");
            page.click("#dialog-close");
            assertThat(signing).not().hasText(old);
            assertThat(row(page, old).first()).containsText("verifying");

            page.click("button[aria-label='Drop " + old + "']");
            assertThat(page.locator("dialog")).containsText("refused on every node, for ever");
            assertThat(console.violations()).as("dialog").isEmpty();
            page.click("#dialog-close");
            assertThat(row(page, old).first()).containsText("verifying");
            assertDropped(console, old);
            assertThat(console.complaints()).isEmpty();
        }
    }

    /** Signs in again first, so that the console's own session has the new key. */
    private static void assertDropped(ConsoleUser console, String old) {
        Page page = console.page();
        page.click("#sign-out");
        ConsoleUser again = console.signIn(Installation.ADMIN, Installation.PASSWORD);
        again.show("#/tokenKeys");
        page.click("button[aria-label='Drop " + old + "']");
        page.click("#dialog-confirm");
        assertThat(page.locator("#key-outcome")).containsText("Each node refuses its tokens.");
        page.click("#dialog-close");
        assertThat(row(page, old).first()).containsText("dropped");
        assertThat(page.locator("button[aria-label='Drop " + old + "']")).hasCount(0);
        page.selectOption("#language", "zh");
        assertThat(row(page, old).first()).containsText("已废弃");
    }

    @Test
    void diagnosticsWhenAStoreFailsThenThePageTellsWhichAndWhatIsDegraded() {
        try (ConsoleUser console = signedIn()) {
            Page page = console.page();
            press(console, "d", "Diagnostics");
            assertThat(page.getByText("reachable")).hasCount(2);
            assertThat(page.locator("dl.facts")).containsText(Runtime.version().toString());
            assertThat(page.locator("main")).containsText("administrationPool");
            page.fill("#search", "access-ttl");
            assertThat(page.locator("#configuration tbody tr")).hasCount(1);
            assertThat(page.locator("#configuration")).containsText("PT2S");
            page.fill("#search", "encryption-keys");
            assertThat(page.locator("#configuration")).containsText("***");

            fixture.redis().crash();
            try {
                assertThat(row(page, "redis").first()).not().containsText("reachable");
                assertThat(page.locator("dl.facts")).containsText("yes");
            } finally {
                fixture.redis().restart(false);
            }
            assertThat(page.getByText("reachable")).hasCount(2);
            assertThat(console.complaints()).isEmpty();
        }
    }
}
