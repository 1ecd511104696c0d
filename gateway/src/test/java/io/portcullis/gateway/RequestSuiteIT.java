package io.portcullis.gateway;

import static io.portcullis.gateway.RequestPath.FAST_PATH;
import static io.portcullis.gateway.RequestPath.FILTER_CHAIN;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import ch.qos.logback.classic.Level;
import io.portcullis.gateway.logging.LogCapture;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Tests that malformed and ambiguous requests get the same response on both paths, as strict as the responses of common proxies.
 */
@Tag("database-independent")
class RequestSuiteIT {
    private static final RecordingService service = RecordingService.start();
    private static final Map<RequestPath, GatewayNode> nodes = Map.of(
            FAST_PATH,
            GatewayNode.start(argumentsOf(FAST_PATH)),
            FILTER_CHAIN,
            GatewayNode.start(argumentsOf(FILTER_CHAIN)));

    private static String[] argumentsOf(RequestPath path) {
        Routes routes = new Routes();
        for (String pattern : List.of("/raw/**", "/one/**", "/two/**", "/three/**", "/four/**", "/five/**")) {
            routes.add(pattern, service.uri(), "metadata.auth=none");
        }
        String cors = "--spring.cloud.gateway.server.webflux.globalcors.cors-configurations.[/two/**].";
        return routes.arguments(
                path.argument(), cors + "allowed-origins=https://friend.example", cors + "allowed-methods=GET,POST");
    }

    @AfterAll
    static void close() throws IOException {
        nodes.values().forEach(GatewayNode::close);
        service.close();
    }

    private static GatewayNode node(RequestPath path) {
        return Objects.requireNonNull(nodes.get(path));
    }

    private static int port(RequestPath path) {
        return node(path).uri("/").getPort();
    }

    private static Stream<Arguments> casesOnBothPaths() {
        return RequestSuite.cases().stream()
                .flatMap(each -> Stream.of(RequestPath.values()).map(path -> arguments(path, each)));
    }

    @Test
    void suiteWhenCountedThenAHundredAtLeast() {
        assertThat(RequestSuite.cases()).hasSizeGreaterThanOrEqualTo(100).doesNotHaveDuplicates();
    }

    @ParameterizedTest
    @MethodSource("casesOnBothPaths")
    void requestWhenMalformedOrAmbiguousThenAnsweredAsTheTableSays(RequestPath path, RequestSuite.Case request)
            throws Exception {
        service.take();

        String response = RawHttp.head(port(path), request.bytes());

        assertThat(response).startsWith("HTTP/1.1 " + request.status() + " ");
        List<String> seen = service.take();
        if (request.status() == 200) {
            assertThat(seen).hasSize(1);
        } else {
            assertThat(seen).isEmpty();
            assertThat(response).contains("application/json").contains("\"code\":" + request.status() + ",");
        }
    }

    /** Returns the request as the service received it, after checking that it is the same from both paths. */
    private static String passed(String text) throws Exception {
        String expected = null;
        for (RequestPath path : RequestPath.values()) {
            service.take();
            RawHttp.head(port(path), text.replace("\n", "\r\n").getBytes(ISO_8859_1));
            List<String> seen = service.take();
            assertThat(seen).hasSize(1);
            if (expected != null) {
                assertThat(line(seen.get(0))).isEqualTo(line(expected));
            }
            expected = seen.get(0);
        }
        return String.valueOf(expected);
    }

    private static String line(String request) {
        return request.substring(0, request.indexOf('\r'));
    }

    @Test
    void queryWhenItHoldsRawCharactersThenTheyAreEncodedAndTheRestIsAsItWas() throws Exception {
        String raw = "GET /raw/a?a&&b&=x&c=|{}^`\"<>\\&d=[]&e=\u00c3\u00a9&f=%c3%a9+%&g=100%25 HTTP/1.1\nHost: a\n\n";

        assertThat(line(passed(raw)))
                .isEqualTo("GET /raw/a?a&&b&=x&c=%7C%7B%7D%5E%60%22%3C%3E%5C&d=[]&e=%C3%A9&f=%c3%a9+%25&g=100%25"
                        + " HTTP/1.1");
        assertThat(line(passed("GET /raw/a?a&&b HTTP/1.1\nHost: a\n\n"))).isEqualTo("GET /raw/a?a&&b HTTP/1.1");
        assertThat(line(passed("GET /raw/a?=x&& HTTP/1.1\nHost: a\n\n"))).isEqualTo("GET /raw/a?=x&& HTTP/1.1");
        assertThat(line(passed("GET /raw/a?%&&b=%41 HTTP/1.1\nHost: a\n\n")))
                .isEqualTo("GET /raw/a?%25&&b=%41 HTTP/1.1");
    }

    @Test
    void lengthWhenItHasLeadingZerosThenTheServiceSeesItWithout() throws Exception {
        assertThat(passed("POST /raw/a HTTP/1.1\nHost: a\nContent-Length: 010\n\n0123456789GARBAGE"))
                .containsIgnoringCase("\r\nContent-Length: 10\r\n")
                .endsWith("\r\n\r\n0123456789");
    }

    @Test
    void connectionWhenItNamesHeadersThenTheyAreNotPassedOn() throws Exception {
        String request =
                "GET /raw/a HTTP/1.1\nHost: a\nConnection: keep-alive, X-Hop, x-user-id\nX-Hop: 1\nX-End: 2\n\n";

        assertThat(passed(request)).doesNotContainIgnoringCase("X-Hop").containsIgnoringCase("X-End: 2");
    }

    /** CGI, FastCGI and WSGI take each of these characters for a hyphen. */
    @Test
    void reservedNameWhenSpelledOtherwiseThenItIsNotPassedOn() throws Exception {
        StringBuilder headers = new StringBuilder();
        for (char c : "-_.~!*|'^#$+&%`".toCharArray()) {
            for (String name : List.of("X-User-Id", "X-Session-Id", "X-Forwarded-For", "X-Real-IP", "X-Http2-Scheme")) {
                headers.append(name.replace('-', c)).append(": FORGED\n");
            }
        }
        for (String name :
                List.of("Proxy", "Proxy-Client-IP", "WL-Proxy-Client-IP", "X-Original-URI", "X-Envoy-Peer")) {
            headers.append(name).append(": FORGED\n");
        }

        assertThat(passed("GET /raw/a HTTP/1.1\nHost: a\n" + headers + "X-End: 2\n\n"))
                .doesNotContain("FORGED")
                .containsIgnoringCase("X-End: 2");
    }

    @Test
    void connectionWhenItNamesHeadersOfTheFramingThenTheyStay() throws Exception {
        String request = "POST /raw/a HTTP/1.1\nHost: a\nConnection: Content-Length, Host\nContent-Length: 3\n\nabc";

        assertThat(passed(request))
                .containsIgnoringCase("X-Forwarded-Host: a\r\n")
                .endsWith("\r\n\r\nabc");
    }

    @Test
    void targetWhenAbsoluteThenItsAuthorityIsTheHost() throws Exception {
        assertThat(passed("GET http://b.example:8443/raw/a HTTP/1.1\nHost: a\n\n"))
                .containsIgnoringCase("X-Forwarded-Host: b.example:8443\r\n");
    }

    @ParameterizedTest
    @EnumSource
    void requestWhenRefusedBehindAnotherThenResponsesAreInOrder(RequestPath path) throws Exception {
        String good = "GET /raw/a HTTP/1.1\r\nHost: a\r\n\r\n";

        String answers = RawHttp.exchange(node(path), good + "GET /raw/a HTTP/1.1\r\n\r\n" + good);

        assertThat(answers).matches("(?s)HTTP/1.1 200 .*HTTP/1.1 400 .*").doesNotContain("ok" + "HTTP/1.1 200");
        assertThat(answers).containsIgnoringCase("connection: close").contains("Host header: missing");
    }

    private static Stream<Arguments> refusalsOnBothPaths() {
        return Stream.of(RequestPath.values())
                .flatMap(path -> Stream.of(
                        arguments(path, 400, "GET /two/a?b HTTP/1.1;Host: a;Host: b;Origin: {origin};;"),
                        arguments(path, 400, "GET http://a/two/a HTTP/1.1;Origin: {origin};;"),
                        arguments(path, 501, "POST /two/a HTTP/1.1;Host: a;Origin: {origin};Transfer-Encoding: gzip;;"),
                        arguments(path, 431, "GET /two/a HTTP/1.1;Host: a;Origin: {origin};{lines};"),
                        arguments(path, 431, "GET /two/a HTTP/1.1;Origin: {origin};Host: a;X-A: {long};;")));
    }

    /** The gateway refuses these requests before it looks for a route. */
    @ParameterizedTest
    @MethodSource("refusalsOnBothPaths")
    void requestWhenRefusedThenThePageOfAnAllowedOriginCanReadIt(RequestPath path, int status, String text)
            throws Exception {
        String request = text.replace("{lines}", "X-A: b;".repeat(100))
                .replace("{long}", "x".repeat(20_000))
                .replace(";", "\r\n");

        String allowed = refusal(path, request, "https://friend.example");
        String other = refusal(path, request, "https://other.example");

        assertThat(allowed)
                .startsWith("HTTP/1.1 " + status + " ")
                .containsIgnoringCase("\r\nAccess-Control-Allow-Origin: https://friend.example\r\n")
                .containsIgnoringCase("\r\nVary: Origin\r\n");
        assertThat(other)
                .startsWith("HTTP/1.1 " + status + " ")
                .doesNotContainIgnoringCase("Access-Control-Allow-Origin")
                .containsIgnoringCase("\r\nVary: Origin\r\n");
    }

    private static String refusal(RequestPath path, String request, String origin) throws Exception {
        return RawHttp.head(port(path), request.replace("{origin}", origin).getBytes(ISO_8859_1));
    }

    @Test
    void requestWhenRefusedThenALineAtDebugSaysWhy() throws Exception {
        try (LogCapture log = LogCapture.of("io.portcullis.gateway.connection", Level.DEBUG)) {
            RawHttp.head(port(FAST_PATH), "GET /raw/a?secret HTTP/1.1\r\n\r\n".getBytes(ISO_8859_1));

            assertThat(log.lines())
                    .anySatisfy(line -> assertThat(line).contains("NO_HOST").doesNotContain("secret"));
        }
    }
}
