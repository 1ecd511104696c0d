package io.portcullis.clients;

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
        page.evaluate(axe());
        List<?> found = (List<?>) page.evaluate("async () => (await axe.run()).violations"
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

    void screenshot(String name) {
        if (!SCREENSHOTS.isEmpty()) {
            page.screenshot(new Page.ScreenshotOptions().setPath(Path.of(SCREENSHOTS, name + ".png")));
        }
    }

    /** Creates an account, as an administrator who uses the API. Returns its id. */
    static String createAccount(APIRequestContext program, String username, String... roles) {
        String admin = "Bearer " + token(program, Installation.ADMIN, Installation.PASSWORD);
        APIResponse response = program.post(
                "/system/account",
                RequestOptions.create()
                        .setHeader("Authorization", admin)
                        .setData(Map.of("username", username, "password", PASSWORD, "roles", roles)));
        return field(response, "id");
    }

    /** Logs in, and returns the access token. */
    private static String token(APIRequestContext program, String username, String password) {
        return field(login(program, username, password), "accessToken");
    }

    /** Logs in with {@link #PASSWORD}, and returns the response. */
    static APIResponse login(APIRequestContext program, String username) {
        return login(program, username, PASSWORD);
    }

    private static APIResponse login(APIRequestContext program, String username, String password) {
        return program.post(
                "/system/auth/login",
                RequestOptions.create()
                        .setData(Map.of("username", username, "password", password, "device", "laptop")));
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
