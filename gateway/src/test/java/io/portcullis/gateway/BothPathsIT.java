package io.portcullis.gateway;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.portcullis.gateway.fastpath.FastPath;
import io.portcullis.testbed.SampleServices;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests that service and client observe the same on the fast path and in the filter chain. */
class BothPathsIT {
    private static final String PASSWORD = "some-demo-pass";
    private static final String user = "user-" + UUID.randomUUID();
    private static final SampleServices services = SampleServices.start();
    private static final ServerSocket odd = MisbehavingService.start();
    private static final GatewayNode fastPath = GatewayNode.start(arguments(true));
    private static final GatewayNode filterChain = GatewayNode.start(arguments(false));
    private static final String TRUSTED =
            "--spring.cloud.gateway.server.webflux.trusted-proxies=127\\.0\\.0\\.1|10\\..*";
    private static final GatewayNode fastPathBehindProxies = GatewayNode.start(arguments(true, TRUSTED));
    private static final GatewayNode filterChainBehindProxies = GatewayNode.start(arguments(false, TRUSTED));

    private static String access = "";

    private static String[] arguments(boolean enabled, String... more) {
        List<String> arguments = new ArrayList<>(List.of(more));
        arguments.add("--portcullis.fast-path.enabled=" + enabled);
        String own = "http://127.0.0.1:" + odd.getLocalPort();
        route(arguments, 0, "/api/echo/**", services.uri());
        route(arguments, 1, "/public/echo/**", services.uri(), "metadata.auth=none");
        route(arguments, 2, "/api/status/**", services.uri());
        route(arguments, 3, "/odd/**", own, "metadata.auth=none");
        route(arguments, 4, "/optional/**", services.uri(), "metadata.auth=optional", rewrite("/optional"));
        route(arguments, 5, "/editors/**", services.uri(), "metadata.roles[0]=editor", rewrite("/editors"));
        route(arguments, 6, "/users/**", services.uri(), "metadata.roles[0]=user", rewrite("/users"));
        route(arguments, 7, "/token/**", services.uri(), "metadata.forward-token=true", rewrite("/token"));
        route(
                arguments,
                8,
                "/filters/**",
                services.uri(),
                "filters[0]=StripPrefix=1",
                "filters[1]=PrefixPath=/api",
                "filters[2]=AddRequestHeader=X-Added,one",
                "filters[3]=SetRequestHeader=X-Set,two",
                "filters[4]=RemoveRequestHeader=X-Removed",
                "filters[5]=AddResponseHeader=X-Answer,three",
                "filters[6]=SetResponseHeader=X-Answer,four",
                "filters[7]=RemoveResponseHeader=Content-Type",
                "filters[8]=PreserveHostHeader");
        route(arguments, 9, "/posts/**", services.uri(), "predicates[1]=Method=POST", rewrite("/posts"));
        route(arguments, 10, "/posts/**", services.uri(), "metadata.auth=none", rewrite("/posts"));
        route(arguments, 11, "/queries/**", services.uri(), "predicates[1]=Query=long", rewrite("/queries"));
        route(arguments, 12, "/queries/**", services.uri(), "filters[0]=SetPath=/api/echo/set");
        route(arguments, 13, "/broken/**", services.uri(), "filters[0]=RewritePath=/broken(.*), /$2");
        // Its rules hold for the requests of route 0 as well.
        String origins = "metadata.cors.allowedOrigins=https://friend.example";
        route(arguments, 14, "/api/echo/shared/**", services.uri(), origins);
        cors(arguments, "/public/echo/shared/**");
        cors(arguments, "/system/**");
        cors(arguments, "/odd/" + oddWithCorsHeaders());
        return arguments.toArray(String[]::new);
    }

    private static int oddWithCorsHeaders() {
        return IntStream.range(0, MisbehavingService.answers().size())
                .filter(i -> MisbehavingService.answers().get(i).contains("Access-Control-Allow-Origin"))
                .findFirst()
                .orElseThrow();
    }

    private static void cors(List<String> arguments, String path) {
        String rules = "--spring.cloud.gateway.server.webflux.globalcors.cors-configurations.[" + path + "].";
        arguments.add(rules + "allowed-origins=https://friend.example");
        arguments.add(rules + "allowed-methods=GET,POST");
        arguments.add(rules + "allowed-headers=*");
        arguments.add(rules + "exposed-headers=X-Total");
        arguments.add(rules + "allow-credentials=true");
    }

    private static String rewrite(String prefix) {
        return "filters[0]=RewritePath=" + prefix + "(?<rest>/?.*), /api/echo$\\{rest}";
    }

    private static void route(List<String> arguments, int index, String path, String uri, String... more) {
        Stream.concat(Stream.of("id=route-" + index, "uri=" + uri, "predicates[0]=Path=" + path), Stream.of(more))
                .map(it -> "--spring.cloud.gateway.server.webflux.routes[%d].%s".formatted(index, it))
                .forEach(arguments::add);
    }

    @BeforeAll
    static void logIn() throws Exception {
        fastPath.createAccount(user, PASSWORD, "user");
        access = fastPath.login(user, PASSWORD).get("accessToken").asString();
    }

    @AfterAll
    static void close() throws IOException {
        fastPath.close();
        filterChain.close();
        fastPathBehindProxies.close();
        filterChainBehindProxies.close();
        services.close();
        odd.close();
    }

    private static String preflight(String path, String origin) {
        return "OPTIONS %s\nOrigin: %s\nAccess-Control-Request-Method: GET\n".formatted(path, origin);
    }

    private static Stream<String> requests() {
        String token = "Authorization: Bearer TOKEN\n";
        Stream<String> heads = Stream.of(
                "GET /api/echo/a?x=1&y=%20b&z\n" + token,
                "GET /api/echo\n" + token,
                "GET /api/echo/\n" + token,
                "GET /api/echo/%C3%A9?x=%C3%A9\n" + token,
                "GET /api/echo/a?\n" + token,
                "GET /api/echo/a?x=1&&y=2\n" + token,
                "GET /api/echo/a?x=a+b&x=c\n" + token,
                "GET /api/echo/a?token=TOKEN&x=1\n",
                "GET /api/echo/a?token=TOKEN\n" + token,
                "GET /api/echo/a\n" + token + token,
                "GET /api/echo/a\nAuthorization: Basic YTpi\n",
                "GET /api/echo/a\nAuthorization: Bearer a b\n",
                "GET /api/echo/a\nAuthorization: Bearer\n",
                "GET /api/echo/a\nAuthorization: Bearer pca_x\nAccept-Language: zh-CN\n",
                "GET /api/echo/a\n",
                "GET /api/echo/a\nauthorization: bEARER   TOKEN  \n",
                "GET /api/echo/a\n" + token + "Accept: text/html\nUser-Agent: me\nAccept-Encoding: gzip\n",
                "GET /api/echo/a\n" + token
                        + "X-User-Id: evil\nx_user_name: evil\nX-Session-ID: evil\nX-Request-Id: 1\n",
                "GET /api/echo/a\n" + token
                        + "X-Forwarded-For: 1.2.3.4\nForwarded: for=1.2.3.4\nX-Forwarded-Host: a\nVia: b\n",
                "GET /api/echo/a\n" + token + "X-A: 1\nX-A: 2\n",
                "GET /api/echo/a\n" + token + "Cookie: a=b; c=d\n",
                "GET /api/echo/a\n" + token + "Cookie: a=b; portcullis_access=TOKEN; c=d\n",
                "GET /api/echo/a\n" + token
                        + "TE: trailers\nTrailer: X-T\nKeep-Alive: 5\nProxy-Authorization: Basic x\n",
                "GET /api/echo/a\n" + token + "Origin: https://elsewhere.example\n",
                "GET /api/echo/a\n" + token + "Range: bytes=0-1\nIf-None-Match: \"x\"\n",
                "GET /api/echo/a\n" + token + "Upgrade: h2c\nHTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA\n",
                "GET /api/echo/a\n" + token + "Upgrade: websocket\n",
                "GET /api/echo/shared/a\n" + token,
                "GET /api/echo/shared/a\n" + token + "Origin: https://friend.example\n",
                "GET /api/echo/shared/a\n" + token + "Origin: https://elsewhere.example\n",
                "GET /public/echo/shared/a\n",
                "GET /public/echo/shared/a\nOrigin: https://friend.example\n",
                "OPTIONS /public/echo/shared/a\nOrigin: https://friend.example\nAccess-Control-Request-Method: GET\n",
                "GET /public/echo/shared/a\nOrigin: https://elsewhere.example\n",
                "GET /public/echo/shared/a\nOrigin: https://localhost:1\n",
                "DELETE /public/echo/shared/a\nOrigin: https://friend.example\n",
                preflight("/public/echo/shared/a", "https://elsewhere.example"),
                "OPTIONS /api/echo/a\nOrigin: https://friend.example\nAccess-Control-Request-Method: GET\n",
                "GET /api/echo/shared/a\nOrigin: https://friend.example\n",
                "GET /api/echo/a?a&&b&=x&c=|[]\n" + token,
                "GET /api/echo/a?token=\n",
                "GET /api/echo/a?token=\n" + token,
                "GET /api/echo/a\nAuthorization: Bearer \n",
                "GET /optional/a\nAuthorization: Bearer \n",
                "GET /public/echo/a\nAuthorization: Bearer \n",
                "GET /api/echo/a\n" + token + "Referer: https://a.example/p?x=1&token=TOKEN&y=%20#z\n",
                "GET /api/echo/a\n" + token + "Referer: https://a.example/p?%74icket=a&a=pcr_b\n",
                "GET /api/echo/a\n" + token + "Referer: https://a.example/TOKEN\n",
                "GET /public/echo/a\nReferer: https://a.example/?token=TOKEN\n",
                "GET /token/a\n" + token + "Referer: https://a.example/?token=TOKEN\n",
                "GET /api/echo/a\n" + token + "Connection: X-Hop, x-user-id\nX-Hop: 1\n",
                "GET /api/echo/a\n" + token + "X-Real-IP: 1.2.3.4\nX_Forwarded_For: 1.2.3.4\nTrue-Client-IP: 1.2.3.4\n",
                "GET /nowhere\n" + token,
                "GET /api//echo/a\n" + token,
                "GET /api/echo/../a\n" + token,
                "GET /api/echo/a;b\n" + token,
                "GET http://localhost/api/echo/a\n" + token,
                "GET /public/echo/a?x=1\n",
                "GET /public/echo/a\n" + token,
                "GET /public/echo/a\nAuthorization: Bearer other\n",
                "GET /public/echo/a\nAuthorization: Basic YTpi\n",
                "GET /optional/a\n",
                "GET /optional/a\n" + token,
                "GET /optional/a\nAuthorization: Basic YTpi\n",
                "GET /optional/a\nAuthorization: Bearer pca_x\n",
                "GET /editors/a\n" + token,
                "GET /users/a/b/?x=1\n" + token,
                "GET /token/a\n" + token,
                "GET /filters/echo/a/b?x=1\n" + token + "X-Set: 1\nX-Removed: 1\nX-Added: 0\n",
                "GET /filters/echo/a/\n" + token,
                "GET /filters\n" + token,
                "GET /posts/a\n",
                "GET /queries/a?long=1\n" + token,
                "GET /queries/a\n" + token,
                "GET /broken/a\n" + token,
                "HEAD /api/echo/a\n" + token,
                "OPTIONS /api/echo/a\n" + token,
                "TRACE /api/echo/a\n" + token,
                "DELETE /api/echo/a\n" + token,
                "POST /api/echo/a\n" + token + "Content-Length: 0\n",
                "PUT /api/echo/a\n" + token,
                "GET /system/auth/me\n" + token,
                "GET /system/unknown\n" + token,
                "GET /api/status/200\n" + token,
                "GET /api/status/204\n" + token,
                "GET /api/status/304\n" + token,
                "GET /api/status/404\n" + token,
                "GET /api/status/503\n" + token);
        Stream<String> odds =
                IntStream.range(0, MisbehavingService.answers().size()).mapToObj(i -> "GET /odd/" + i + "\n");
        return Stream.concat(heads, odds);
    }

    @ParameterizedTest
    @MethodSource("requests")
    void requestWhenEitherWayThenTheSame(String head) throws Exception {
        assertSame(head, "");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "POST /api/echo/a\nContent-Type: application/json\nContent-Length: 7\n",
                "PUT /posts/a\nContent-Length: 7\n",
                "POST /posts/a\nContent-Length: 7\n",
                "PATCH /api/echo/a\nContent-Length: 7\n",
                "DELETE /api/echo/a\nContent-Length: 7\n",
                "GET /api/echo/a\nContent-Length: 7\n",
                "POST /api/echo/a\nContent-Length: 7\nExpect: 100-continue\n",
                "POST /optional/a\nContent-Length: 7\n"
            })
    void requestWithABodyWhenEitherWayThenTheSame(String head) throws Exception {
        assertSame(head + "Authorization: Bearer TOKEN\n", "{\"a\":1}");
    }

    @ParameterizedTest
    @ValueSource(strings = {"POST", "PUT", "PATCH", "DELETE"})
    void requestWithChunksWhenEitherWayThenTheSame(String method) throws Exception {
        assertSame(
                method + " /api/echo/a\nAuthorization: Bearer TOKEN\nTransfer-Encoding: chunked\n",
                "3\r\nabc\r\n4\r\ndefg\r\n0\r\n\r\n");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "GET /api/echo/a\n",
                "GET /users/a/b?x=1\n",
                "GET /users\n",
                "GET /filters/echo/a\n",
                "GET /api/echo/a\nX-Forwarded-For: 1.2.3.4\nX-Forwarded-Proto: https\nX-Forwarded-Host: a.example\n",
                "GET /users/a\nX-Forwarded-For: 1.2.3.4, 10.0.0.1\nX-Forwarded-For: 10.0.0.2\nX-Forwarded-Prefix: /p\n",
                "GET /api/echo/a\nX-Forwarded-Port: 443\nX-Forwarded-Ssl: on\n",
                "GET /api/echo/a\nForwarded: for=10.0.0.1;proto=https\n"
            })
    void requestThroughATrustedProxyWhenEitherWayThenTheSame(String head) throws Exception {
        String request = head + "Authorization: Bearer TOKEN\n";
        RawAnswer fast = ask(fastPathBehindProxies, request, "");
        assertThat(withoutPorts(fast)).isEqualTo(withoutPorts(ask(filterChainBehindProxies, request, "")));
        assertThat(fast.body()).contains("x-forwarded-for");
    }

    @Test
    void forwardedHeadersWhenAStrangerSendsThemThenTheGatewayMakesItsOwn() throws Exception {
        String head = """
            GET /users/a
            Authorization: Bearer TOKEN
            X-Forwarded-For: 1.2.3.4
            X_Forwarded_For: 9.9.9.9
            X_Forwarded_Proto: https
            Forwarded: for=1.2.3.4
            X-Real-IP: 1.2.3.4
            X-Forwarded-Ssl: on
            CF-Connecting-IP: 1.2.3.4
            """;
        for (GatewayNode node : List.of(fastPath, filterChain)) {
            assertThat(ask(node, head, "").body())
                    .contains("x-forwarded-for=[\"127.0.0.1\"]", "x-forwarded-proto=[\"http\"]")
                    .contains("x-forwarded-host=[\"localhost:1\"]", "x-forwarded-port=[\"1\"]")
                    .doesNotContain("1.2.3.4", "x-forwarded-ssl", "x_forwarded", ", forwarded=");
        }
    }

    @Test
    void forwardedHeadersWhenATrustedProxySendsThemThenKeptAndContinued() throws Exception {
        String head = """
            GET /users/a
            Authorization: Bearer TOKEN
            X-Forwarded-For: 203.0.113.7:4711, [2001:db8::1]:80
            X-Forwarded-For: 10.0.0.1
            X-Forwarded-Proto: https
            X_Forwarded_Host: evil.example
            X-Forwarded-Host: [2001:db8::2]
            X-Forwarded-Prefix: /p
            Forwarded: for=203.0.113.7
            X-Real-IP: 203.0.113.7
            """;
        for (GatewayNode node : List.of(fastPathBehindProxies, filterChainBehindProxies)) {
            assertThat(ask(node, head, "").body())
                    .contains("x-forwarded-for=[\"203.0.113.7, 2001:db8::1, 10.0.0.1, 127.0.0.1\"]")
                    .contains("x-forwarded-proto=[\"https\"]", "x-forwarded-host=[\"[2001:db8::2]\"]")
                    .contains("x-forwarded-port=[\"443\"]", "x-forwarded-prefix=[\"/p\"]")
                    .contains("forwarded=[\"for=203.0.113.7, for=127.0.0.1\"]", "x-real-ip=[\"203.0.113.7\"]");
        }
        assertThat(ask(fastPathBehindProxies, "GET /filters/a\nAuthorization: Bearer TOKEN\n", "")
                        .status())
                .contains("404");
    }

    @Test
    void pageOfAnAllowedOriginWhenItCallsThenItReadsEveryAnswer() throws Exception {
        String origin = "Origin: https://friend.example\n";
        for (GatewayNode node : List.of(fastPath, filterChain)) {
            String login = "{\"username\":\"%s\",\"password\":\"%s\"}".formatted(user, PASSWORD);
            RawAnswer answer = ask(
                    node,
                    "POST /system/auth/login\nContent-Type: application/json\nContent-Length: %d\n%s"
                            .formatted(login.length(), origin),
                    login);
            assertThat(answer.status()).contains("200");
            assertReadable(answer);
            assertThat(answer.headers()).containsEntry("access-control-expose-headers", List.of("X-Total"));
            for (String head : List.of("/system/auth/me", "/system/session/page", "/public/echo/shared/a")) {
                assertReadable(ask(node, "GET " + head + "\n" + origin, ""));
            }
            RawAnswer preflight = ask(
                    node,
                    "OPTIONS /system/auth/login\n" + origin + "Access-Control-Request-Method: POST\n"
                            + "Access-Control-Request-Headers: content-type\n",
                    "");
            assertThat(preflight.status()).contains("200");
            assertReadable(preflight);
            assertThat(ask(node, "GET /system/auth/me\nOrigin: https://elsewhere.example\n", "")
                            .status())
                    .contains("403");
        }
    }

    private static void assertReadable(RawAnswer answer) {
        assertThat(answer.headers())
                .containsEntry("access-control-allow-origin", List.of("https://friend.example"))
                .containsEntry("access-control-allow-credentials", List.of("true"));
        assertThat(String.join(",", answer.headers().get("vary"))).contains("Origin");
    }

    @Test
    void pageOfAnotherOriginWhenItCallsThenTheFastPathTakesIt() throws Exception {
        long before = fastPath.bean(FastPath.class).count();

        assertReadable(ask(fastPath, "GET /public/echo/shared/a\nOrigin: https://friend.example\n", ""));

        assertThat(fastPath.bean(FastPath.class).count() - before).isEqualTo(1);
    }

    @Test
    void cookiesWhenAServiceSetsTheGatewaysThenDropped() throws Exception {
        int number = MisbehavingService.answers().size() - 1;
        for (GatewayNode node : List.of(fastPath, filterChain)) {
            assertThat(ask(node, "GET /odd/" + number + "\n", "").headers())
                    .containsEntry("set-cookie", List.of("a=1"));
        }
    }

    @Test
    void corsHeadersOfAServiceWhenThereAreRulesThenDropped() throws Exception {
        String head = "GET /odd/" + oddWithCorsHeaders() + "\nOrigin: https://friend.example\n";
        for (GatewayNode node : List.of(fastPath, filterChain)) {
            assertReadable(ask(node, head, ""));
        }
    }

    @Test
    void identityHeadersWhenTheCallerIsAnonymousThenRemoved() throws Exception {
        for (String path : List.of("/public/echo/a", "/optional/a")) {
            for (GatewayNode node : List.of(fastPath, filterChain)) {
                RawAnswer answer = ask(node, "GET " + path + "\nX-User-Id: evil\nx_user_roles: evil\n", "");
                assertThat(answer.status()).contains("200");
                assertThat(answer.body()).doesNotContain("evil");
            }
        }
    }

    @Test
    void refererWhenItHoldsATokenThenTakenOut() throws Exception {
        String head = "GET /api/echo/a\nAuthorization: Bearer TOKEN\n";
        for (GatewayNode node : List.of(fastPath, filterChain)) {
            String query = "Referer: https://a.example/p?x=1&token=TOKEN&ticket=t&y=2\n";
            assertThat(ask(node, head + query, "").body())
                    .contains("https://a.example/p?x=1&y=2\"")
                    .doesNotContain("pca_");
            String path = "Referer: https://a.example/TOKEN\n";
            assertThat(ask(node, head + path, "").body()).doesNotContain("pca_", "referer");
            String encoded = path.replace("TOKEN", "%70ca_" + access.substring(4));
            assertThat(ask(node, head + encoded, "").body()).doesNotContain("%70ca_", "referer");
        }
    }

    /** {@code Forwarded} tells the port that the client has connected from. */
    private static String withoutPorts(RawAnswer answer) {
        return answer.toString().replaceAll("127\\.0\\.0\\.1:\\d+", "127.0.0.1:port");
    }

    @Test
    void requestWhenPlainThenItTakesTheFastPathWhereThereIsOne() throws Exception {
        long before = fastPath.bean(FastPath.class).count();
        String plain = "GET /api/echo/a?x=1\nAuthorization: Bearer TOKEN\n";
        String odd = "GET /api/echo/%20\nAuthorization: Bearer TOKEN\n";
        for (String head : List.of(plain, plain, odd, "GET /system/auth/me\n", "GET /filters/echo/a\n")) {
            ask(fastPath, head, "");
            ask(filterChain, head, "");
        }

        assertThat(fastPath.bean(FastPath.class).count() - before).isEqualTo(3);
        assertThat(filterChain.bean(FastPath.class).count()).isZero();
    }

    private static void assertSame(String head, String body) throws Exception {
        assertThat(ask(fastPath, head, body)).isEqualTo(ask(filterChain, head, body));
    }

    private static RawAnswer ask(GatewayNode node, String head, String body) throws Exception {
        String line = head.substring(0, head.indexOf('\n'));
        String headers = head.substring(head.indexOf('\n') + 1);
        String request = (line + " HTTP/1.1\nHost: localhost:1\nConnection: close\n" + headers + "\n")
                        .replace("TOKEN", access)
                        .replace("\n", "\r\n")
                + body;
        try (Socket socket = new Socket("localhost", node.uri("/").getPort())) {
            socket.setSoTimeout(10_000);
            socket.getOutputStream().write(request.getBytes(ISO_8859_1));
            return RawAnswer.read(socket.getInputStream());
        }
    }
}
