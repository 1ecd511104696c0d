package io.portcullis.clients;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.APIRequestContext;
import com.microsoft.playwright.APIResponse;
import com.microsoft.playwright.Browser;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.assertions.PlaywrightAssertions;
import com.microsoft.playwright.options.ColorScheme;
import io.portcullis.clients.BrowserFixture.Mode;
import io.portcullis.testbed.Await;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The administrators' console in Chromium, with access tokens that live two seconds. */
@ExtendWith(ChromiumExtension.class)
class ConsoleIT {
    private static final List<String> PAGES = List.of("#/online", "#/log", "#/use", "#/accounts");

    private static final String KICKED = "1002000021";
    private static final String DISABLED = "1002000025";

    private final BrowserFixture fixture;
    private final APIRequestContext program;
    private final String user = "user-" + UUID.randomUUID();

    ConsoleIT(BrowserFixture fixture) {
        this.fixture = fixture;
        this.program = fixture.programOf(Mode.OFF);
    }

    @BeforeEach
    void waitLong() {
        PlaywrightAssertions.setDefaultAssertionTimeout(60_000);
    }

    @AfterEach
    void dispose() {
        program.dispose();
    }

    private ConsoleUser console(Browser.NewContextOptions options) {
        return new ConsoleUser(fixture, options);
    }

    private ConsoleUser signedIn(Browser.NewContextOptions options) {
        ConsoleUser console = console(options).signIn(Installation.ADMIN, Installation.PASSWORD);
        assertThat(console.page().locator("h1")).hasText("Who is online");
        return console;
    }

    private static Browser.NewContextOptions english() {
        return new Browser.NewContextOptions().setLocale("en-GB").setTimezoneId("Europe/Paris");
    }

    private InputStream openStream(String token) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(URI.create(fixture.origin(Mode.OFF) + "/api/events"))
                .header("Authorization", "Bearer " + token)
                .build();
        return HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .build()
                .send(request, HttpResponse.BodyHandlers.ofInputStream())
                .body();
    }

    private static boolean isClosed(InputStream stream) {
        try {
            return stream.read(new byte[1024]) < 0;
        } catch (java.io.IOException e) {
            return true;
        }
    }

    @Test
    void kickWhenConfirmedThenTheUserIsRefusedAndTheLogTellsIt() throws Exception {
        ConsoleUser.createAccount(program, user, "user");
        APIResponse login = ConsoleUser.login(program, user);
        try (InputStream stream = openStream(ConsoleUser.field(login, "accessToken"));
                ConsoleUser console = signedIn(english())) {
            assertThat(isClosed(stream)).isFalse();
            Page page = console.page();
            page.fill("#search", user);
            Locator row = page.locator("tbody tr");
            assertThat(row).hasCount(1);
            assertThat(row).containsText(user);

            row.getByText("Kick").click();
            page.click("#dialog-confirm");

            assertThat(page.locator("#kick-outcome")).containsText("Refused on every node since");
            assertThat(ConsoleUser.refresh(program, login)).contains(KICKED);
            Await.until("the stream is closed", Duration.ofSeconds(60), () -> isClosed(stream));
            page.click("#dialog-close");
            assertThat(page.locator("tbody tr")).hasCount(0);
            console.show("#/log");
            page.fill("input[name=username]", user);
            page.click("main button.primary");
            assertThat(page.locator("tbody tr").first()).containsText("kicked");
            assertThat(console.complaints()).isEmpty();
        }
    }

    @Test
    void consoleWhenItsSessionIsKickedThenItShowsTheReason() {
        try (ConsoleUser console = signedIn(english())) {
            Page page = console.page();
            page.fill("#search", Installation.ADMIN);
            Locator own = page.locator("tbody tr", new Page.LocatorOptions().setHasText("this console"));
            assertThat(own).hasCount(1);

            own.getByText("Kick").click();
            assertThat(page.locator("dialog")).containsText("your own session");
            page.click("#dialog-confirm");

            assertThat(page.locator("form.card")).containsText("The session was ended by an administrator");
        }
    }

    @Test
    void consoleWhenAccessTokensExpireThenTheAdministratorStaysSignedIn() {
        try (ConsoleUser console = signedIn(english())) {
            int[] refused = new int[1];
            int[] answered = new int[1];
            console.page().onResponse(response -> {
                refused[0] += response.status() == 401 ? 1 : 0;
                answered[0] += response.url().endsWith("/console/overview") ? 1 : 0;
            });

            BrowserUser.await(console.page(), () -> answered[0] >= 2);

            assertThat(refused[0]).isZero();
            assertThat(console.page().locator("#count")).not().hasText("…");
        }
    }

    @Test
    void signInWhenTheAccountIsNoAdministratorThenItSaysSo() {
        ConsoleUser.createAccount(program, user, "user");
        try (ConsoleUser console = console(english()).signIn(user, ConsoleUser.PASSWORD)) {
            assertThat(console.page().locator("form.card")).containsText("not an administrator");
        }
    }

    @Test
    void keyboardWhenUsedAloneThenASessionIsFoundAndKicked() {
        ConsoleUser.createAccount(program, user, "user");
        APIResponse login = ConsoleUser.login(program, user);
        try (ConsoleUser console = console(english())) {
            console.open("/console");
            Page page = console.page();
            assertThat(page.locator("input[name=username]")).isFocused();
            page.keyboard().type(Installation.ADMIN);
            page.keyboard().press("Tab");
            page.keyboard().type(Installation.PASSWORD);
            page.keyboard().press("Enter");
            assertThat(page.locator("h1")).isFocused();
            page.keyboard().press("g");
            page.keyboard().press("a");
            assertThat(page.locator("h1")).hasText("Accounts");
            page.keyboard().press("g");
            page.keyboard().press("o");
            assertThat(page.locator("h1")).hasText("Who is online");
            page.keyboard().press("/");
            page.keyboard().type(user);
            assertThat(page.locator("tbody tr")).hasCount(1);
            page.keyboard().press("Tab");
            page.keyboard().press("Tab");
            page.keyboard().press("Tab");
            page.keyboard().press("Tab");
            assertThat(page.locator("tbody button")).isFocused();
            page.keyboard().press("Enter");
            assertThat(page.locator("dialog")).isVisible();
            page.keyboard().press("Tab");
            assertThat(page.locator("#dialog-confirm")).isFocused();

            page.keyboard().press("Enter");

            assertThat(page.locator("#kick-outcome")).isVisible();
            assertThat(ConsoleUser.refresh(program, login)).contains(KICKED);
            page.keyboard().press("Escape");
            assertThat(page.locator("dialog")).hasCount(0);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "<img src=x onerror=alert(1)>&amp;\"'",
                "\u0645\u0633\u062a\u062e\u062f\u0645 abc",
                "\ud83d\udc69\ud83d\ude80 zo\u00eb",
                "wwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwww"
            })
    void nameWhenUnusualThenItIsShownEscapedAndWhole(String part) {
        String name = part + UUID.randomUUID().toString().substring(0, 8);
        ConsoleUser.createAccount(program, name, "user");
        APIResponse unused = ConsoleUser.login(program, name);
        try (ConsoleUser console = signedIn(english().setViewportSize(390, 844))) {
            Page page = console.page();

            page.fill("#search", name);

            assertThat(page.locator("tbody tr")).hasCount(1);
            assertThat(page.locator("tbody tr a bdi").first()).hasText(name);
            assertThat(page.locator("tbody img")).hasCount(0);
            assertThat(overflow(page)).isZero();
            assertThat(console.complaints()).isEmpty();
        }
    }

    private static int overflow(Page page) {
        return (int) page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth");
    }

    @ParameterizedTest
    @ValueSource(strings = {"light", "dark", "phone"})
    void pagesWhenCheckedThenTheyAreAccessibleAndFit(String look) {
        String id = ConsoleUser.createAccount(program, user, "user");
        APIResponse unused = ConsoleUser.login(program, user);
        Browser.NewContextOptions options =
                english().setColorScheme(look.equals("dark") ? ColorScheme.DARK : ColorScheme.LIGHT);
        options = look.equals("phone") ? options.setViewportSize(390, 844) : options.setViewportSize(1280, 800);
        try (ConsoleUser console = console(options)) {
            Page page = console.page();
            console.open("/console");
            assertThat(page.locator("form.card")).isVisible();
            assertThat(console.violations()).isEmpty();
            console.signIn(Installation.ADMIN, Installation.PASSWORD);
            assertThat(page.locator("tbody tr").first()).isVisible();
            console.screenshot("console-" + look);
            for (String hash : PAGES) {
                check(console, hash);
            }
            check(console, "#/user/" + id);
            page.locator("tbody a").first().click();
            assertThat(page.locator("dl.facts")).isVisible();
            check(console, (String) page.evaluate("location.hash"));
            console.screenshot("console-story-" + look);
            page.locator(".head button").click();
            assertThat(console.violations()).as("dialog").isEmpty();
            assertThat(console.complaints()).isEmpty();
        }
    }

    private static void check(ConsoleUser console, String hash) {
        console.show(hash);
        Page page = console.page();
        assertThat(page.getByText("Loading")).hasCount(0);
        assertThat(console.violations()).as(hash).isEmpty();
        assertThat(overflow(page)).as(hash).isZero();
    }

    @Test
    void languageAndThemeWhenChosenThenTheyApplyAndStay() {
        try (ConsoleUser console = signedIn(english())) {
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
        }
    }

    @Test
    void accountWhenCreatedAndDisabledThenItMayLogInNoMore() {
        try (ConsoleUser console = signedIn(english())) {
            Page page = console.page();
            console.show("#/accounts");
            page.click("#create");
            page.fill("dialog input[name=username]", user);
            page.fill("dialog input[name=password]", ConsoleUser.PASSWORD);
            page.fill("dialog input[name=roles]", "user, editor");
            page.click("#dialog-confirm");
            assertThat(page.locator("dialog")).hasCount(0);
            APIResponse login = ConsoleUser.login(program, user);
            page.fill("#search", user);
            assertThat(page.locator("tbody tr")).hasCount(1);
            assertThat(page.locator("tbody tr")).containsText("editor");

            page.locator("tbody tr").getByText("Disable").click();
            page.click("#dialog-confirm");

            assertThat(page.locator("tbody tr")).containsText("disabled");
            assertThat(ConsoleUser.refresh(program, login)).contains(DISABLED);
        }
    }
}
