package io.portcullis.clients;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.APIResponse;
import com.microsoft.playwright.Browser;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.ColorScheme;
import com.microsoft.playwright.options.RequestOptions;
import io.portcullis.core.audit.LoginLogResult;
import io.portcullis.core.audit.LoginLogType;
import io.portcullis.testbed.Await;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the pages of the administrators' console show, and how they look. With {@code -Dconsole.screenshots} it writes the screenshots. */
class ConsolePagesIT extends ConsoleTestCase {
    private static final List<String> PAGES =
            List.of("#/online", "#/log", "#/use", "#/accounts", "#/routes", "#/tokenKeys", "#/diagnostics");

    private final String user = "user-" + UUID.randomUUID();

    ConsolePagesIT(BrowserFixture fixture) {
        super(fixture);
    }

    private ConsoleUser signedInOnAPhone() {
        return ConsoleUser.signedIn(fixture, ConsoleUser.english().setViewportSize(390, 844));
    }

    private static void showLogOf(ConsoleUser console, String username) {
        console.show("#/log");
        console.page().fill("input[name=username]", username);
        console.page().click("main button.primary");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                ConsoleUser.MARKUP,
                "\u0645\u0633\u062a\u062e\u062f\u0645 abc",
                "\ud83d\udc69\ud83d\ude80 zo\u00eb",
                "wwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwww"
            })
    void textsWhenUnusualThenTheyAreShownEscapedAndWhole(String part) {
        String name = part + UUID.randomUUID().toString().substring(0, 8);
        String id = ConsoleUser.createAccount(program, name, "user");
        APIResponse unused = ConsoleUser.loginWithMarkup(program, name, part);
        try (ConsoleUser console = signedInOnAPhone()) {
            Page page = console.page();

            page.fill("#search", name);
            assertThat(page.locator("tbody tr")).hasCount(1);
            assertThat(page.locator("tbody tr a bdi").first()).hasText(name);
            assertFitsWithoutMarkup(console);
            page.locator("tbody").getByText("Story").click();
            assertThat(page.locator("dl.facts")).containsText(part);
            assertThat(page.locator("dl.facts")).containsText(ConsoleUser.MARKUP);
            assertFitsWithoutMarkup(console);
            console.show("#/user/" + id);
            page.click("#kick-all");
            page.fill("input[name=reason]", part);
            page.click("#dialog-confirm");
            assertThat(page.locator("#kick-outcome")).containsText("1 sessions ended");
            page.click("#dialog-close");
            showLogOf(console, name);

            assertThat(page.locator("tbody .detail").first()).hasText(part);
            assertFitsWithoutMarkup(console);
            assertThat(console.complaints()).isEmpty();
        }
    }

    private static void assertFitsWithoutMarkup(ConsoleUser console) {
        assertThat(console.page().locator("main img")).hasCount(0);
        assertThat(console.overflow()).isZero();
    }

    @Test
    void nameWhenOf128CharactersThenTheLogShowsItWhole() {
        String name = UUID.randomUUID() + "w".repeat(92);
        APIResponse refused = ConsoleUser.login(program, name);
        assertThat(refused.status()).isEqualTo(400);
        try (ConsoleUser console = signedInOnAPhone()) {
            showLogOf(console, name);

            assertThat(console.page().locator("tbody tr")).hasCount(1);
            assertThat(console.page().locator("tbody .name")).hasText(name);
            assertThat(console.overflow()).isZero();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"light", "dark", "phone"})
    void pagesWhenCheckedThenTheyAreAccessibleAndFit(String look) {
        String id = ConsoleUser.createAccount(program, user, "user");
        Await.until("a token of the user is used", Duration.ofSeconds(60), this::useToken);
        Browser.NewContextOptions options =
                ConsoleUser.english().setColorScheme(look.equals("dark") ? ColorScheme.DARK : ColorScheme.LIGHT);
        options = look.equals("phone") ? options.setViewportSize(390, 844) : options.setViewportSize(1160, 680);
        try (ConsoleUser console = new ConsoleUser(fixture, options)) {
            Page page = console.page();
            console.open("/console");
            assertThat(page.locator("form.card")).isVisible();
            assertThat(violations(console, look)).isEmpty();
            console.signIn(Installation.ADMIN, Installation.PASSWORD);
            assertThat(page.locator("tbody tr").first()).isVisible();
            console.screenshot("console-" + look);
            for (String hash : PAGES) {
                check(console, hash, look);
            }
            check(console, "#/user/" + id, look);
            page.locator("tbody a").first().click();
            assertThat(page.locator("dl.facts")).isVisible();
            assertThat(page.locator("h2:has-text('Addresses') + .table")).containsText("127.0.0.1");
            check(console, (String) page.evaluate("location.hash"), look);
            console.screenshot("console-story-" + look);
            page.locator(".head button").click();
            assertThat(page.locator("input[name=reason]")).isVisible();
            assertThat(violations(console, look)).as("dialog").isEmpty();
            assertThat(console.complaints()).isEmpty();
        }
    }

    /** Logs in and calls the service. Returns false if the access token has expired before, which a busy machine may cause. */
    private boolean useToken() {
        String bearer = "Bearer " + ConsoleUser.field(ConsoleUser.login(program, user), "accessToken");
        return program.get("/api/a", RequestOptions.create().setHeader("Authorization", bearer))
                .ok();
    }

    /** The dark look differs from the light one in nothing but colors. */
    private static List<String> violations(ConsoleUser console, String look) {
        return look.equals("dark") ? console.violationsOfColors() : console.violations();
    }

    private static void check(ConsoleUser console, String hash, String look) {
        console.show(hash);
        assertThat(console.page().getByText("Loading")).hasCount(0);
        assertThat(violations(console, look)).as(hash).isEmpty();
        assertThat(console.overflow()).as(hash).isZero();
    }

    @Test
    void languageAndThemeWhenChosenThenTheyApplyAndStay() {
        try (ConsoleUser console = signedIn()) {
            Page page = console.page();
            assertThat(page.locator("#zone")).containsText("Europe/Paris");

            page.selectOption("#language", "zh");
            page.selectOption("#theme", "dark");

            assertThat(page.locator("h1")).hasText("在线用户");
            page.reload();
            assertThat(page.locator("h1")).hasText("在线用户");
            assertThat(page.locator("html")).hasAttribute("lang", "zh-CN");
            assertThat(page.evaluate("getComputedStyle(document.body).backgroundColor"))
                    .isEqualTo("rgb(18, 20, 28)");
            page.selectOption("#language", "en");
        }
    }

    @Test
    void logFiltersWhenShownThenTheyHaveEveryTypeAndResult() {
        try (ConsoleUser console = signedIn()) {
            console.show("#/log");

            assertThat(options(console, "type")).isEqualTo(words(LoginLogType.values().stream(), LoginLogType::name));
            assertThat(options(console, "result")).isEqualTo(words(Stream.of(LoginLogResult.values()), Enum::name));
        }
    }

    private static Set<String> options(ConsoleUser console, String name) {
        List<?> values = (List<?>) console.page()
                .locator("select[name=" + name + "] option")
                .evaluateAll("options => options.map(option => option.value).filter(Boolean)");
        return values.stream().map(String::valueOf).collect(Collectors.toSet());
    }

    private static <T> Set<String> words(Stream<T> constants, Function<T, String> nameOf) {
        return constants.map(nameOf).map(name -> name.toLowerCase(Locale.ROOT)).collect(Collectors.toSet());
    }

    @Test
    void moreWhenClickedThenTheNextEntriesFollowAndStay() {
        String id = ConsoleUser.createAccount(program, user, "user");
        ConsoleUser.switchAccount(program, id, 30);
        try (ConsoleUser console = signedIn()) {
            Page page = console.page();
            showLogOf(console, user);
            assertThat(page.locator("#count")).hasText("61");
            assertThat(page.locator("tbody tr")).hasCount(50);

            page.click("#more");

            assertThat(page.locator("tbody tr")).hasCount(61);
            assertThat(page.locator("tbody tr").last()).containsText("account created");
            assertThat(page.locator("#more")).hasCount(0);
            ConsoleUser.switchAccount(program, id, 1);
            assertThat(page.locator("#count")).hasText("63");
            assertThat(page.locator("tbody tr")).hasCount(61);
        }
    }

    @Test
    void chartWhenOpenedThenItCountsLoginsAndFailures() {
        APIResponse refused = ConsoleUser.login(program, user);
        assertThat(refused.status()).isEqualTo(400);
        try (ConsoleUser console = signedIn()) {
            console.show("#/log");

            console.page().click("#chart-logins summary");

            assertThat(console.page().locator("#logins")).not().containsText("counting");
            assertThat(console.page().locator("#logins"))
                    .hasText(Pattern.compile(".*[1-9]\\d* succeeded, [1-9]\\d* failed.*"));
        }
    }

    /** The charts are checked in one look of the page, with all of them open. */
    @ParameterizedTest
    @ValueSource(strings = {"light", "dark"})
    void chartsWhenOpenedThenTheyShowTheSamplesAndAreAccessible(String look) {
        APIResponse unused = ConsoleUser.login(program, user);
        fixture.sample();
        var options = ConsoleUser.english()
                .setViewportSize(390, 844)
                .setColorScheme(look.equals("dark") ? ColorScheme.DARK : ColorScheme.LIGHT);
        try (ConsoleUser console = ConsoleUser.signedIn(fixture, options)) {
            Page page = console.page();
            console.show("#/log");

            page.focus("#chart-sessions summary");
            page.keyboard().press("Enter");
            page.focus("#chart-nodes summary");
            page.keyboard().press("Enter");

            assertThat(page.locator("#sessions")).hasText(Pattern.compile("latest: \\d+, least: \\d+, most: \\d+"));
            assertThat(page.locator("#chart-sessions rect.bar-plain").first()).isAttached();
            assertThat(page.locator("#nodes .node p").first())
                    .hasText(Pattern.compile(
                            ".*:\\d+: [\\d,]+ requests with a token, .* s degraded, \\d+ open streams"));
            assertThat(page.locator("#nodes")).containsText("test:");
            assertThat(violations(console, look)).isEmpty();
            assertThat(console.overflow()).isZero();
            assertThat(console.complaints()).isEmpty();
            console.screenshot("console-charts-" + look);
        }
    }

    @Test
    void redisWhenOutThenEachPageTellsIt() {
        try (ConsoleUser console = signedIn()) {
            Page page = console.page();
            assertThat(page.locator("#health")).hasText("All stores work");
            fixture.redis().crash();
            try {
                assertThat(page.locator(".banner")).containsText("Degraded");
                for (String hash : PAGES) {
                    console.show(hash);
                    assertThat(page.locator(".banner")).containsText("in MySQL");
                }
                console.show("#/online");
                assertThat(page.locator("tbody tr").first()).isVisible();
            } finally {
                fixture.redis().restart(false);
            }
            assertThat(page.locator(".banner")).hasCount(0);
        }
    }
}
