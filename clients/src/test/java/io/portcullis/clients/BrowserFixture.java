package io.portcullis.clients;

import com.microsoft.playwright.APIRequest;
import com.microsoft.playwright.APIRequestContext;
import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserType;
import com.microsoft.playwright.Playwright;
import io.portcullis.testbed.RedisServer;
import io.portcullis.testbed.TcpProxy;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * What the tests with Chromium share: the browser, the service, and for each cookie mode two gateway nodes behind one origin. One
 * of the two nodes handles requests on the fast path, the other in the filter chain; connections go to them in turn. Use it on the
 * thread that made it (Playwright).
 */
final class BrowserFixture implements AutoCloseable {
    /** Cookie modes of the gateway ({@code portcullis.http.cookies}). */
    enum Mode {
        OFF,
        ON,
        ONLY
    }

    private static final List<String> FAST_PATH = List.of("true", "false");
    /** Encrypts the token keys that an administrator makes: 32 bytes in base64. */
    private static final String ENCRYPTION_KEY = "dGVzdHMtdGVzdHMtdGVzdHMtdGVzdHMtdGVzdHMtdGU=";

    private final Installation installation = new Installation();
    private final BrowserService service = new BrowserService();
    private final ConfigurationFiles files = ConfigurationFiles.of(service.uri());
    private final Map<Mode, TcpProxy> origins = new EnumMap<>(Mode.class);
    private final Playwright playwright;
    private final Browser browser;

    private BrowserFixture(Path executable) {
        playwright = Playwright.create(
                new Playwright.CreateOptions().setEnv(Map.of("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1")));
        // Chromium's sandbox does not work for root, under whom containers run tests.
        browser = playwright
                .chromium()
                .launch(new BrowserType.LaunchOptions()
                        .setExecutablePath(executable)
                        .setChromiumSandbox(false)
                        .setArgs(List.of("--disable-dev-shm-usage")));
        System.out.println("Chromium " + browser.version());
    }

    /** Starts the browser, the stores and the service. The nodes of a mode start with its first use. */
    static BrowserFixture start(Path executable) {
        return new BrowserFixture(executable);
    }

    Browser browser() {
        return browser;
    }

    BrowserService service() {
        return service;
    }

    /** Makes each node write a sample, without a wait for its next minute. */
    void sample() {
        installation.sample();
    }

    /** Returns the configuration files of all nodes. */
    ConfigurationFiles files() {
        return files;
    }

    RedisServer redis() {
        return installation.redis();
    }

    /** Returns the origin of the nodes with this cookie mode, such as {@code http://localhost:8080}. */
    String origin(Mode mode) {
        return "http://localhost:"
                + origins.computeIfAbsent(mode, this::startNodes).port();
    }

    /** Starts a browser profile of a user of its own, who has no cookies. */
    BrowserUser newUser(Mode mode) {
        return new BrowserUser(browser.newContext(), origin(mode));
    }

    /** Returns a client of the nodes that is no browser. Its caller disposes of it. */
    APIRequestContext programOf(Mode mode) {
        return playwright.request().newContext(new APIRequest.NewContextOptions().setBaseURL(origin(mode)));
    }

    private TcpProxy startNodes(Mode mode) {
        List<Integer> ports = FAST_PATH.stream()
                .map(fast -> installation.startNode(arguments(mode, fast)))
                .toList();
        return TcpProxy.to("127.0.0.1", ports);
    }

    private String[] arguments(Mode mode, String fastPath) {
        return new String[] {
            "--spring.config.additional-location=" + files.location(),
            "--portcullis.http.cookies=" + mode.name().toLowerCase(Locale.ROOT),
            "--portcullis.token.access-ttl=2s",
            "--portcullis.token.encryption-keys=" + ENCRYPTION_KEY,
            // A busy machine must not count as a slow client or service.
            "--portcullis.http.request-timeout=2m",
            "--portcullis.http.write-timeout=2m",
            "--portcullis.fast-path.enabled=" + fastPath
        };
    }

    @Override
    public void close() {
        playwright.close();
        origins.values().forEach(TcpProxy::close);
        installation.close();
        service.close();
        files.close();
    }
}
