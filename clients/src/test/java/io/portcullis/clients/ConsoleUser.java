package io.portcullis.clients;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;

import com.microsoft.playwright.APIRequestContext;
import com.microsoft.playwright.APIResponse;
import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.RequestOptions;
import io.portcullis.clients.BrowserFixture.Mode;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** An administrator with the console in a browser. Fails for a script that the page's policy stops, and for an error on the console. */
final class ConsoleUser implements AutoCloseable {
    static final String PASSWORD = "some-demo-pass";
    /** A text that runs a script where it is not escaped. */
    static final String MARKUP = "<img src=x onerror=alert(1)>&amp;\"'";

    /** The folder for screenshots; none are taken if it is not set. */
    private static final String SCREENSHOTS = System.getProperty("console.screenshots", "");

    private final BrowserFixture fixture;
    private final BrowserContext context;
    private final Page page;
    private final List<String> complaints = new ArrayList<>();
    private final List<String> requests = new ArrayList<>();

    ConsoleUser(BrowserFixture fixture, Browser.NewContextOptions options) {
        this.fixture = fixture;
        this.context = fixture.browser().newContext(options);
        context.setDefaultTimeout(60_000);
        page = context.newPage();
        page.onPageError(complaints::add);
        page.onConsoleMessage(message -> {
            if (message.text().contains("Content Security Policy")) {
                complaints.add(message.text());
            }
        });
        page.onRequest(request -> requests.add(request.url()));
        page.onDialog(dialog -> {
            complaints.add(dialog.message());
            dialog.dismiss();
        });
    }

    /** Returns the options of a browser in Paris whose language is English. */
    static Browser.NewContextOptions english() {
        return new Browser.NewContextOptions().setLocale("en-GB").setTimezoneId("Europe/Paris");
    }

    /** Opens the console in a browser of its own, and signs in as the administrator. */
    static ConsoleUser signedIn(BrowserFixture fixture, Browser.NewContextOptions options) {
        ConsoleUser console = new ConsoleUser(fixture, options).signIn(Installation.ADMIN, Installation.PASSWORD);
        assertThat(console.page().locator("h1")).hasText("Who is online");
        return console;
    }

    /** Opens the console in another tab of the same browser. */
    Page openTab() {
        Page tab = context.newPage();
        tab.navigate(page.url());
        return tab;
    }

    Page page() {
        return page;
    }

    /** Returns what the browser complained about, and requests to other hosts. */
    List<String> complaints() {
        List<String> all = new ArrayList<>(complaints);
        requests.stream()
                .filter(url -> !url.startsWith(fixture.origin(Mode.OFF)))
                .forEach(all::add);
        return all;
    }

    void open(String path) {
        page.navigate(fixture.origin(Mode.OFF) + path);
    }

    /** Opens the console and signs in. */
    ConsoleUser signIn(String username, String password) {
        open("/console");
        page.fill("input[name=username]", username);
        page.fill("input[name=password]", password);
        page.click("button.primary");
        return this;
    }

    /** Shows another page of the console. */
    void show(String hash) {
        page.evaluate("hash => { location.hash = hash; }", hash);
        page.waitForFunction("hash => location.hash === hash && document.querySelector('main h1')", hash);
    }

    /** Returns the rules of accessibility that the page violates, with the elements. */
    List<String> violations() {
        return violations("{}");
    }

    /** As {@link #violations()}, of the rules that depend on colors. */
    List<String> violationsOfColors() {
        return violations("{runOnly: ['color-contrast', 'link-in-text-block']}");
    }

    private List<String> violations(String options) {
        if (!Boolean.TRUE.equals(page.evaluate("'axe' in window"))) {
            page.evaluate(axe());
        }
        List<?> found = (List<?>) page.evaluate("async () => (await axe.run(%s)).violations".formatted(options)
                + ".map(each => each.id + ': ' + each.nodes.map(node => node.html).join(' | '))");
        return found.stream().map(String::valueOf).toList();
    }

    private static String axe() {
        try (InputStream script = ConsoleUser.class.getResourceAsStream("/axe.min.js")) {
            return new String(Objects.requireNonNull(script).readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Returns by how many pixels the page is wider than the window. */
    int overflow() {
        return (int) page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth");
    }

    void screenshot(String name) {
        if (!SCREENSHOTS.isEmpty()) {
            page.screenshot(new Page.ScreenshotOptions().setPath(Path.of(SCREENSHOTS, name + ".png")));
        }
    }

    /** Creates an account, as an administrator who uses the API. Returns its id. */
    static String createAccount(APIRequestContext program, String username, String... roles) {
        Map<String, Object> account = Map.of("username", username, "password", PASSWORD, "roles", roles);
        return field(program.post("/system/account", administrator(program).setData(account)), "id");
    }

    /** Disables and enables an account again and again. Logs in again when the access token has expired. */
    static void switchAccount(APIRequestContext program, String id, int times) {
        RequestOptions administrator = administrator(program);
        int done = 0;
        while (done < 2 * times) {
            var status = Map.of("status", done % 2 == 0 ? "disabled" : "enabled");
            APIResponse response = program.put("/system/account/" + id + "/status", administrator.setData(status));
            if (response.status() == 401) {
                administrator = administrator(program);
            } else {
                assertThat(response).isOK();
                done++;
            }
        }
    }

    private static RequestOptions administrator(APIRequestContext program) {
        String token =
                field(login(program, Installation.ADMIN, Installation.PASSWORD, "laptop", "program"), "accessToken");
        return RequestOptions.create().setHeader("Authorization", "Bearer " + token);
    }

    /** Logs in with {@link #PASSWORD}, and returns the response. */
    static APIResponse login(APIRequestContext program, String username) {
        return login(program, username, PASSWORD, "laptop", "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Firefox/145.0");
    }

    /** Logs in with this device and a user agent that is markup, and returns the response. */
    static APIResponse loginWithMarkup(APIRequestContext program, String username, String device) {
        return login(program, username, PASSWORD, device, MARKUP);
    }

    private static APIResponse login(
            APIRequestContext program, String username, String password, String device, String userAgent) {
        return program.post(
                "/system/auth/login",
                RequestOptions.create()
                        .setHeader("User-Agent", userAgent)
                        .setData(Map.of("username", username, "password", password, "device", device)));
    }

    /** Returns the response to a refresh with the refresh token of a login. */
    static String refresh(APIRequestContext program, APIResponse login) {
        return program.post(
                        "/system/auth/refresh-token",
                        RequestOptions.create().setData(Map.of("refreshToken", field(login, "refreshToken"))))
                .text();
    }

    static String field(APIResponse response, String name) {
        Matcher value = Pattern.compile("\"" + name + "\":\"([^\"]+)\"").matcher(response.text());
        if (!value.find()) {
            throw new AssertionError(response.text());
        }
        return value.group(1);
    }

    @Override
    public void close() {
        context.close();
    }
}
