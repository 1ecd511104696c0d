package io.portcullis.clients;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Page;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The page of the console that shows the description of the endpoints. */
class ConsoleReferenceIT extends ConsoleTestCase {
    ConsoleReferenceIT(BrowserFixture fixture) {
        super(fixture);
    }

    @Test
    void operationWhenOpenedByKeyboardThenItsParametersAndCodesAreShown() {
        try (ConsoleUser console = signedIn()) {
            Page page = console.page();
            page.keyboard().press("g");
            page.keyboard().press("r");
            assertThat(page.locator("h1")).hasText("API");
            assertThat(page.locator("#operation-login")).isVisible();

            page.fill("#search", "session/page");
            assertThat(page.locator("details.operation")).hasCount(1);
            page.focus("#operation-listSessions summary");
            page.keyboard().press("Enter");

            assertThat(page.locator("#operation-listSessions")).containsText("pageSize");
            assertThat(page.locator("#operation-listSessions")).containsText("bearer (admin)");
            page.locator("#operation-listSessions .response summary").first().click();
            assertThat(page.locator("#operation-listSessions .response").first())
                    .containsText("lastSeenTime");
            page.selectOption("#language", "zh");
            assertThat(page.locator("#operation-listSessions h3").first()).hasText("参数");
            assertThat(console.complaints()).isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {390, 1160})
    void operationsWhenOpenThenTheyAreAccessibleAndFit(int width) {
        var options = ConsoleUser.english().setViewportSize(width, 800);
        try (ConsoleUser console = ConsoleUser.signedIn(fixture, options)) {
            Page page = console.page();
            console.show("#/reference");
            assertThat(page.locator("#operation-login")).isVisible();
            page.fill("#search", "refresh");
            assertThat(page.locator("details.operation")).hasCount(1);

            page.evaluate("document.querySelectorAll('details.operation').forEach(each => { each.open = true; })");
            assertThat(page.locator("#operation-refresh h3").first()).isVisible();
            page.evaluate("document.querySelectorAll('details.response').forEach(each => { each.open = true; })");

            assertThat(console.violations()).isEmpty();
            assertThat(console.overflow()).isZero();
            assertThat(console.complaints()).isEmpty();
        }
    }
}
