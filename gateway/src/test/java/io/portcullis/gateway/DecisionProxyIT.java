package io.portcullis.gateway;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.portcullis.gateway.authentication.IdentityHeaders;
import io.portcullis.testbed.Ports;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The configurations of nginx and haproxy in docs/other-proxies, which ask the decision endpoint. */
@Tag("database-independent")
class DecisionProxyIT {
    private static final Path FILES = Path.of("../docs/other-proxies");

    private static final CookieNodes nodes = CookieNodes.shared();
    private static final RecordingService service = RecordingService.start();
    private static final InstalledProxies proxies = new InstalledProxies();

    @TempDir
    private static Path directory;

    /** A proxy in front of the service, by the port of the gateway that it asks. */
    enum Proxy {
        NGINX,
        HAPROXY
    }

    private static final Map<Proxy, Integer> asking = new EnumMap<>(Proxy.class);
    private static final Map<Proxy, Integer> withoutGateway = new EnumMap<>(Proxy.class);

    @BeforeAll
    static void start() throws Exception {
        for (Proxy proxy : Proxy.values()) {
            assumeTrue(InstalledProxies.find(name(proxy)).isPresent(), name(proxy) + " is not installed");
        }
        for (Proxy proxy : Proxy.values()) {
            asking.put(proxy, start(proxy, gateway().uri("/").getPort()));
            withoutGateway.put(proxy, start(proxy, Ports.free()));
        }
        for (Proxy proxy : Proxy.values()) {
            InstalledProxies.awaitStart(name(proxy), directory, port(asking, proxy));
            InstalledProxies.awaitStart(name(proxy), directory, port(withoutGateway, proxy));
        }
    }

    @AfterAll
    static void close() throws Exception {
        proxies.close();
        service.close();
    }

    @BeforeEach
    void forget() {
        assertThat(service.take()).isNotNull();
    }

    private static GatewayNode gateway() {
        return nodes.node(RequestPath.FAST_PATH);
    }

    private static String name(Proxy proxy) {
        return proxy.name().toLowerCase(Locale.ROOT);
    }

    private static int port(Map<Proxy, Integer> ports, Proxy proxy) {
        return Objects.requireNonNull(ports.get(proxy));
    }

    private static int start(Proxy proxy, int gatewayPort) throws IOException {
        int port = Ports.free();
        Path own = Files.createDirectory(directory.resolve(name(proxy) + "-" + port));
        for (String file : List.of("nginx.conf", "haproxy.cfg", "portcullis.lua")) {
            String text = Files.readString(FILES.resolve(file))
                    .replace("127.0.0.1:8000", "127.0.0.1:" + port)
                    .replace("127.0.0.1:8080", "127.0.0.1:" + gatewayPort)
                    .replace("127.0.0.1:9000", "127.0.0.1:" + service.port());
            Files.writeString(own.resolve(file), text);
        }
        Files.writeString(own.resolve("main.conf"), """
            daemon off; master_process off; pid %1$s/nginx.pid; error_log %1$s/nginx.log;
            events {}
            http {
              access_log off; client_body_temp_path %1$s/body; proxy_temp_path %1$s/proxy;
              fastcgi_temp_path %1$s/fastcgi; uwsgi_temp_path %1$s/uwsgi; scgi_temp_path %1$s/scgi;
              include nginx.conf;
            }
            """.formatted(own));
        String program = InstalledProxies.find(name(proxy)).orElseThrow();
        List<String> command = proxy == Proxy.NGINX
                ? List.of(
                        program,
                        "-p",
                        own.toString(),
                        "-c",
                        own.resolve("main.conf").toString())
                : List.of(program, "-db", "-f", own.resolve("haproxy.cfg").toString());
        proxies.start(own, command);
        return port;
    }

    /** @param head the method and target in one line, then the headers, each ended by a line feed */
    private static RawResponse send(int port, String head, String body) throws IOException {
        String connection = head.contains("\nUpgrade:") ? "Upgrade, close" : "close";
        String request = head.replaceFirst("\n", " HTTP/1.1\nHost: app.example\nConnection: " + connection + "\n");
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setSoTimeout(20_000);
            socket.getOutputStream()
                    .write((request + "\n" + body).replace("\n", "\r\n").getBytes(ISO_8859_1));
            return RawResponse.read(socket.getInputStream());
        }
    }

    private static RawResponse send(Proxy proxy, String head) throws IOException {
        return send(port(asking, proxy), head, "");
    }

    private static String received() {
        return String.join("\n", service.take()).toLowerCase(Locale.ROOT);
    }

    private static String token() throws Exception {
        return gateway()
                .login(nodes.user(), CookieNodes.PASSWORD)
                .get("accessToken")
                .asString();
    }

    @ParameterizedTest
    @EnumSource
    void requestWhenItHasNoCredentialThenRefusedWhateverItSaysOfItsPath(Proxy proxy) throws Exception {
        for (String spoofed : List.of(
                "X-Nothing: x",
                "X-Forwarded-Uri: /public/echo/a",
                "X-Original-URL: /public/echo/a\nX-Original-Method: OPTIONS",
                "User-Agent: kube-probe/1.30",
                "X-User-Id: forged\nX-Session-Id: forged",
                "Authorization: Bearer pca_abc")) {
            RawResponse response = send(proxy, "GET /orders?auth=optional&token=a\n" + spoofed + "\n");

            assertThat(response.status()).as(spoofed).contains(" 401");
            assertThat(response.headers()).as(spoofed).containsKey("www-authenticate");
            assertThat(response.body()).as(spoofed).contains("\"code\":");
        }
        assertThat(received()).isEmpty();
    }

    @ParameterizedTest
    @EnumSource
    void requestWhenItsTokenPassesThenTheServiceGetsTheIdentityAlone(Proxy proxy) throws Exception {
        String forged = "X_User_Id: forged\n"
                + identityHeaders().map(name -> name + ": forged\n").collect(Collectors.joining());

        RawResponse response = send(proxy, "GET /orders?a=1\nAuthorization: Bearer " + token() + "\n" + forged);

        assertThat(response.status()).contains(" 200");
        assertThat(response.headers()).doesNotContainKey("x-user-id");
        assertThat(received())
                .startsWith("get /orders?a=1 ")
                .contains("x-user-name: " + nodes.user(), "x-user-roles: user", "x-session-id: ")
                .doesNotContain("forged", "pca_", "authorization");
    }

    /** Returns the names of all headers that only the gateway sets. */
    private static Stream<String> identityHeaders() {
        return Arrays.stream(IdentityHeaders.class.getFields()).map(field -> {
            try {
                return String.valueOf(field.get(null));
            } catch (IllegalAccessException e) {
                throw new AssertionError(e);
            }
        });
    }

    /** The configurations that no test runs must remove them, too. */
    @Test
    void documentWhenItNamesTheIdentityHeadersThenAllOfThemForEachProxy() throws Exception {
        String document = Files.readString(FILES.resolveSibling("behind-other-proxies.md"))
                .toLowerCase(Locale.ROOT);

        for (String section : List.of("what the proxy must do", "traefik", "envoy", "apisix")) {
            String text = document.split("\n## " + section + "\n", 2)[1].split("\n## ", 2)[0];
            assertThat(identityHeaders().map(name -> name.toLowerCase(Locale.ROOT)))
                    .as(section)
                    .allMatch(text::contains);
        }
    }

    /** No browser sends a cookie twice, but nothing keeps a client from it. */
    @Test
    void requestWhenItHasACookieOfTheGatewayTwiceThenTheServiceGetsNoToken() throws Exception {
        String cookie = Browser.ACCESS + "=" + token();

        RawResponse response = send(Proxy.NGINX, "GET /orders\nCookie: " + cookie + "; a=1; " + cookie + "\n");

        assertThat(response.status()).contains(" 200");
        assertThat(received()).contains("x-user-name: " + nodes.user()).doesNotContain("pca_");
    }

    /** The locations of nginx ask different questions. */
    @Test
    void requestWhenItsLocationAsksForARoleThenRefusedWithout() throws Exception {
        String authorization = "Authorization: Bearer " + token() + "\n";

        RawResponse refused = send(Proxy.NGINX, "GET /admin/a?roles=user\n" + authorization);

        assertThat(refused.status()).contains(" 403");
        assertThat(refused.body()).contains("\"code\":403");
        assertThat(refused.headers().get("www-authenticate"))
                .singleElement()
                .asString()
                .contains("insufficient_scope");
        assertThat(received()).isEmpty();
    }

    @ParameterizedTest
    @EnumSource
    void requestWhenAClientCallsTheEndpointItselfThenNotFound(Proxy proxy) throws Exception {
        for (String target : List.of("/system/auth/check?cookies=separate", "/system/auth/%63heck")) {
            assertThat(send(proxy, "GET " + target + "\n").status()).as(target).contains(" 404");
        }
        assertThat(send(Proxy.NGINX, "GET /portcullis-check\n").status()).contains(" 404");
    }

    @ParameterizedTest
    @EnumSource
    void requestWhenTheAccessCookieIsMissingThenRefreshedAndBothCookiesComeBack(Proxy proxy) throws Exception {
        Browser browser =
                Browser.loggedIn(gateway(), nodes.user(), CookieNodes.PASSWORD).without(Browser.ACCESS);

        RawResponse refreshed = send(proxy, "GET /orders\nCookie: " + browser.header() + "\n");

        assertThat(refreshed.status()).contains(" 200");
        List<String> cookies = Objects.requireNonNull(refreshed.headers().get("set-cookie"));
        assertThat(cookies)
                .hasSize(2)
                .anyMatch(cookie -> cookie.startsWith(Browser.ACCESS + "=pca_"))
                .anyMatch(cookie -> cookie.startsWith(Browser.REFRESH + "=pcr_"));
        assertThat(refreshed.headers()).doesNotContainKey("x-portcullis-set-cookie-1");
        assertThat(received()).contains("x-user-name: " + nodes.user());
        browser.keep(cookies);
        RawResponse next = send(proxy, "GET /orders\nCookie: a=1; " + browser.header() + "; b=2\n");
        assertThat(next.status()).contains(" 200");
        assertThat(next.headers()).doesNotContainKey("set-cookie");
        assertThat(received()).contains("x-user-name: " + nodes.user(), "a=1", "b=2");
    }

    @ParameterizedTest
    @EnumSource
    void requestWhenTheSessionIsOverThenRefusedAndTheCookiesAreCleared(Proxy proxy) throws Exception {
        Browser browser = Browser.loggedIn(gateway(), nodes.user(), CookieNodes.PASSWORD);
        String copied = browser.header();
        browser.call(gateway(), "POST", "/system/auth/logout", null);

        RawResponse response = send(proxy, "GET /orders\nCookie: " + copied + "\n");

        assertThat(response.status()).contains(" 401");
        assertThat(response.body()).contains("1002000020");
        assertThat(response.headers().get("set-cookie")).hasSize(2).allMatch(cookie -> cookie.contains("Max-Age=0"));
        assertThat(received()).isEmpty();
    }

    /** The proxy passes the method on, and the headers that tell of the page. */
    @ParameterizedTest
    @EnumSource
    void requestWhenAForeignPageSendsItThenRefused(Proxy proxy) throws Exception {
        String cookie = "Cookie: "
                + Browser.loggedIn(gateway(), nodes.user(), CookieNodes.PASSWORD)
                        .header() + "\n";
        String handshake = """
            GET /chat
            Upgrade: websocket
            Sec-WebSocket-Version: 13
            Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==
            Origin: https://evil.example
            """;
        for (String foreign : List.of(
                "POST /orders\nContent-Length: 5\nSec-Fetch-Site: cross-site\n",
                "DELETE /orders\nContent-Length: 5\nOrigin: https://evil.example\n",
                "PATCH /orders\nContent-Length: 5\n",
                handshake)) {
            RawResponse refused =
                    send(port(asking, proxy), foreign + cookie, foreign.contains("Length") ? "hello" : "");
            assertThat(refused.status()).as(foreign).contains(" 403");
            assertThat(refused.body()).as(foreign).contains("1002000030");
        }
        assertThat(received()).isEmpty();
        RawResponse own = send(
                port(asking, proxy), "POST /orders\nContent-Length: 5\nOrigin: http://app.example\n" + cookie, "hello");
        assertThat(own.status()).contains(" 200");
        assertThat(received()).contains("x-user-name: " + nodes.user(), "hello");
    }

    @ParameterizedTest
    @EnumSource
    void requestWhenTheGatewayIsGoneThenUnavailable(Proxy proxy) throws Exception {
        RawResponse response =
                send(port(withoutGateway, proxy), "GET /orders\nAuthorization: Bearer " + token() + "\n", "");

        assertThat(response.status()).contains(" 503");
        assertThat(response.headers().get("retry-after")).containsExactly("1");
        assertThat(received()).isEmpty();
    }

    /** Login and logout pass through the proxy, too. */
    @ParameterizedTest
    @EnumSource
    void logoutWhenThroughTheProxyThenTheTokenPassesNoMore(Proxy proxy) throws Exception {
        String authorization = "Authorization: Bearer " + token() + "\n";
        assertThat(send(proxy, "GET /orders\n" + authorization).status()).contains(" 200");

        RawResponse logout = send(proxy, "POST /system/auth/logout\nContent-Length: 0\n" + authorization);

        assertThat(logout.status()).contains(" 200");
        assertThat(send(proxy, "GET /orders\n" + authorization).status()).contains(" 401");
    }
}
