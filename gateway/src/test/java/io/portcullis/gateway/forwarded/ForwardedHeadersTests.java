package io.portcullis.gateway.forwarded;

import static org.assertj.core.api.Assertions.assertThat;

import io.portcullis.gateway.origin.Origin;
import java.net.InetSocketAddress;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ForwardedHeadersTests {
    private static final InetSocketAddress PEER = new InetSocketAddress("10.0.0.1", 4711);

    private static Map<String, String> describe(
            @Nullable String trusted,
            @Nullable String host,
            String scheme,
            String servicePath,
            Map<String, List<String>> sent) {
        Map<String, String> described = new LinkedHashMap<>();
        new ForwardedHeaders(new TrustedProxies(trusted))
                .describe(
                        new ReceivedForwardedHeaders(host, "/users/a", sent),
                        PEER,
                        scheme,
                        servicePath,
                        described::put);
        return described;
    }

    @ParameterizedTest
    @CsvSource({
        "a.example, http, 80",
        "a.example, https, 443",
        "a.example:8443, https, 8443",
        "[2001:db8::1], http, 80",
        "[2001:db8::1]:8080, http, 8080",
        ", http, 80"
    })
    void describeWhenNothingIsTrustedThenTheConnectionCounts(@Nullable String host, String scheme, String port) {
        var described = describe(null, host, scheme, "/users/a", Map.of("x-forwarded-for", List.of("1.2.3.4")));

        assertThat(described)
                .containsEntry("X-Forwarded-For", "10.0.0.1")
                .containsEntry("X-Forwarded-Proto", scheme)
                .containsEntry("X-Forwarded-Port", port)
                .doesNotContainKey("X-Forwarded-Prefix");
        assertThat(described.get("X-Forwarded-Host")).isEqualTo(host);
    }

    private static @Nullable String originOf(@Nullable String trusted, String host, Map<String, List<String>> sent) {
        Origin origin = new ForwardedHeaders(new TrustedProxies(trusted))
                .originOf(new ReceivedForwardedHeaders(host, "/a", sent), PEER, "http");
        return origin == null ? null : origin.toString();
    }

    @ParameterizedTest
    @CsvSource({
        "gw.example, http://gw.example",
        "GW.example:80, http://gw.example",
        "gw.example:443, http://gw.example:443",
        "gw.example.:8080, http://gw.example.:8080",
        "[2001:DB8::1], http://[2001:db8::1]",
        "user@gw.example,",
        "'',"
    })
    void originOfWhenNothingIsTrustedThenOfTheConnection(String host, @Nullable String origin) {
        assertThat(originOf(null, host, Map.of("x-forwarded-proto", List.of("https"))))
                .isEqualTo(origin);
    }

    @ParameterizedTest
    @CsvSource({
        "https, app.example, , https://app.example",
        "wss, app.example, , https://app.example",
        "ws, app.example, , http://app.example",
        "HTTPS, App.example:443, , https://app.example",
        "https, app.example, 8443, https://app.example:8443",
        "https, app.example:8443, , https://app.example:8443",
        "https, , , https://gw.example",
        ", app.example, , http://app.example",
        "https, app.example, x, "
    })
    void originOfWhenThePeerIsTrustedThenAsTheClientSeesIt(
            @Nullable String proto, @Nullable String host, @Nullable String port, @Nullable String origin) {
        Map<String, List<String>> sent = new LinkedHashMap<>();
        Optional.ofNullable(proto).ifPresent(value -> sent.put("x-forwarded-proto", List.of(value)));
        Optional.ofNullable(host).ifPresent(value -> sent.put("x-forwarded-host", List.of(value)));
        Optional.ofNullable(port).ifPresent(value -> sent.put("x-forwarded-port", List.of(value)));

        assertThat(originOf("10\\..*", "gw.example", sent)).isEqualTo(origin);
    }

    @Test
    void describeWhenThePeerIsTrustedThenItsWordIsContinued() {
        var described = describe(
                "10\\..*",
                "internal",
                "http",
                "/a",
                Map.of(
                        "x-forwarded-for", List.of("203.0.113.7:80, _hidden", "[2001:db8::1]:1"),
                        "x-forwarded-proto", List.of("https"),
                        "x-forwarded-host", List.of("a.example"),
                        "x-forwarded-prefix", List.of("/p"),
                        "forwarded", List.of("for=203.0.113.7"),
                        "x-real-ip", List.of("203.0.113.7"),
                        "x-envoy-original-path", List.of("/b"),
                        "proxy", List.of("evil"),
                        "x-http2-scheme", List.of("evil")));

        assertThat(described)
                .containsEntry("X-Forwarded-For", "203.0.113.7, _hidden, 2001:db8::1, 10.0.0.1")
                .containsEntry("X-Forwarded-Proto", "https")
                .containsEntry("X-Forwarded-Host", "a.example")
                .containsEntry("X-Forwarded-Port", "443")
                .containsEntry("X-Forwarded-Prefix", "/p, /users")
                .containsEntry("Forwarded", "for=203.0.113.7, for=10.0.0.1")
                .containsEntry("x-real-ip", "203.0.113.7")
                .containsEntry("x-envoy-original-path", "/b")
                .doesNotContainValue("evil");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "X-Forwarded-For",
                "x_forwarded_for",
                "X-FORWARDED-ANYTHING",
                "Forwarded",
                "X-Real-Ip",
                "X_Real-IP",
                "CF-Connecting-IP",
                "X.Forwarded.For",
                "x~real|ip",
                "X_Real.IP",
                "Proxy",
                "Proxy-Client-IP",
                "WL-Proxy-Client-IP",
                "X-Original-URI",
                "X-Client-IP",
                "X-Cluster-Client-IP",
                "X-Rewrite-URL",
                "X-Envoy-Original-Path",
                "X-Host",
                "Front-End-Https",
                "Fly-Client-IP",
                "DO-Connecting-IP",
                "x-http2-scheme",
                "X.HTTP2.Stream-Id"
            })
    void isReservedWhenItTellsTheWayThenTrue(String name) {
        assertThat(ForwardedHeaders.isReserved(name)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "X-Request-Id",
                "Accept",
                "From",
                "X-Forwarde",
                "X-Forwarded-",
                "Content-Type",
                "TE",
                "Proxy-Authorization",
                "X-Http"
            })
    void isReservedWhenItTellsAnythingElseThenFalse(String name) {
        assertThat(ForwardedHeaders.isReserved(name)).isFalse();
    }
}
