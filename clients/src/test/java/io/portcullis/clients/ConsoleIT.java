package io.portcullis.clients;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.APIResponse;
import com.microsoft.playwright.Browser;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Route;
import io.portcullis.clients.BrowserFixture.Mode;
import io.portcullis.testbed.Await;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The administrators' console in Chromium, with access tokens that live two seconds. */
class ConsoleIT extends ConsoleTestCase {
    private static final String KICKED = "1002000021";
    private static final String DISABLED = "1002000025";

    private final String user = "user-" + UUID.randomUUID();

    ConsoleIT(BrowserFixture fixture) {
        super(fixture);
    }

    private ConsoleUser console(Browser.NewContextOptions options) {
        return new ConsoleUser(fixture, options);
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
                ConsoleUser console = signedIn()) {
            assertThat(isClosed(stream)).isFalse();
            Page page = console.page();
            page.fill("#search", user);
            Locator row = page.locator("tbody tr");
            assertThat(row).hasCount(1);
            assertThat(row).containsText(user);

            row.getByText("Kick").click();
            page.fill("input[name=reason]", "lost laptop");
            page.click("#dialog-confirm");

            assertThat(page.locator("#kick-outcome")).containsText("Refused on every node since");
            assertThat(page.locator("#kick-outcome")).containsText("ms after you confirmed");
            assertThat(ConsoleUser.refresh(program, login)).contains(KICKED);
            Await.until("the stream is closed", Duration.ofSeconds(60), () -> isClosed(stream));
            page.click("#dialog-close");
            assertThat(page.locator("tbody tr")).hasCount(0);
            console.show("#/log");
            page.fill("input[name=username]", user);
            page.click("main button.primary");
            assertThat(page.locator("tbody tr").first()).containsText("kicked");
            assertThat(page.locator("tbody tr").first().locator(".detail")).hasText("lost laptop");
            assertThat(console.complaints()).isEmpty();
        }
    }

    @Test
    void consoleWhenItsSessionIsKickedThenItShowsTheReason() {
        try (ConsoleUser console = signedIn()) {
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

    /** The refusal that tells the reason removes the cookies, so that one that comes after it tells none. */
    @Test
    void consoleWhenAnotherCallIsRefusedAfterTheReasonThenItStays() {
        try (ConsoleUser console = signedIn()) {
            Page page = console.page();
            page.fill("#search", Installation.ADMIN);
            Locator own = page.locator("tbody tr", new Page.LocatorOptions().setHasText("this console"));
            assertThat(own).hasCount(1);
            own.getByText("Kick").click();
            List<Route> held = new ArrayList<>();
            page.route(call -> call.contains("/api/session/page"), held::add);
            page.click("#dialog-confirm");
            assertThat(page.locator("form.card")).containsText("The session was ended by an administrator");
            BrowserUser.await(page, () -> !held.isEmpty());

            for (Route each : held) {
                page.waitForResponse(
                        each.request().url(),
                        () -> each.fulfill(new Route.FulfillOptions()
                                .setStatus(401)
                                .setContentType("application/json")
                                .setBody("{\"code\":401,\"msg\":\"\",\"data\":null}")));
            }
            page.evaluate("() => new Promise(done => setTimeout(done))");

            assertThat(page.locator("form.card")).containsText("The session was ended by an administrator");
        }
    }

    @Test
    void consoleWhenAccessTokensExpireThenTheAdministratorStaysSignedIn() {
        try (ConsoleUser console = signedIn()) {
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
    void signOutWhenInOneTabThenTheOthersAndTheirHistoryShowNothing() {
        try (ConsoleUser console = signedIn()) {
            Page page = console.page();
            Page other = console.openTab();
            assertThat(other.locator("tbody tr").first()).isVisible();
            Page left = console.openTab();
            assertThat(left.locator("tbody tr").first()).isVisible();
            left.navigate("about:blank");

            page.click("#sign-out");

            assertThat(page.locator("form.card")).isVisible();
            // A call of the other tab that is under way during the logout tells the reason.
            assertThat(other.locator("form.card"))
                    .containsText(Pattern.compile("You are signed out|The session was logged out"));
            left.goBack();
            assertThat(left.locator("form.card")).isVisible();
            assertThat(left.locator("tbody")).hasCount(0);
            page.evaluate("location.hash = '#/accounts'");
            page.goBack();
            assertThat(page.locator("form.card")).isVisible();
        }
    }

    @Test
    void addressWhenMangledThenAPageIsShown() {
        try (ConsoleUser console = signedIn()) {
            for (String hash : List.of("#/user/%", "#/constructor", "#/session/x")) {
                console.open("/console" + hash);
                console.page().reload();
                assertThat(console.page().locator("h1")).isVisible();
            }
            assertThat(console.complaints()).isEmpty();
        }
    }

    @Test
    void signInWhenTheAccountIsNoAdministratorThenItSaysSo() {
        ConsoleUser.createAccount(program, user, "user");
        try (ConsoleUser console = console(ConsoleUser.english()).signIn(user, ConsoleUser.PASSWORD)) {
            assertThat(console.page().locator("form.card")).containsText("not an administrator");
        }
    }

    @Test
    void keyboardWhenUsedAloneThenASessionIsFoundAndKicked() {
        ConsoleUser.createAccount(program, user, "user");
        APIResponse login = ConsoleUser.login(program, user);
        try (ConsoleUser console = console(ConsoleUser.english())) {
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
            assertThat(page.locator("input[name=reason]")).isFocused();
            page.keyboard().type("by keyboard");
            page.keyboard().press("Tab");
            page.keyboard().press("Tab");
            assertThat(page.locator("#dialog-confirm")).isFocused();

            page.keyboard().press("Enter");

            assertThat(page.locator("#kick-outcome")).isVisible();
            assertThat(ConsoleUser.refresh(program, login)).contains(KICKED);
            page.keyboard().press("Escape");
            assertThat(page.locator("dialog")).hasCount(0);
        }
    }

    @Test
    void accountWhenCreatedAndDisabledThenItMayLogInNoMore() {
        try (ConsoleUser console = signedIn()) {
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
