package io.portcullis.gateway.forwarded;

import static org.assertj.core.api.Assertions.assertThat;

import io.portcullis.core.session.ClientAddress;
import io.portcullis.gateway.origin.Origin;
import io.portcullis.testbed.RandomTexts;
import java.net.InetSocketAddress;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What holds for each text in a forwarding header. */
class RandomForwardedTests {
    private static final String PROXIES = "10\\..*";
    private static final InetSocketAddress PROXY = new InetSocketAddress("10.0.0.1", 4711);

    private static RandomTexts texts() {
        return RandomTexts.like(
                        "203.0.113.7, 10.0.0.2",
                        "[2001:db8::1]:443",
                        "https",
                        "gw.example:8443",
                        "for=\"[2001:db8::1]\";proto=https;host=a.example",
                        "10.0.0.2")
                .with(
                        ",", ", ", ":", "[", "]", "\"", ";", "%", "..", "::", "@", "/", "unknown", "\u0130", "65536",
                        "0");
    }

    private static ReceivedForwardedHeaders received(@Nullable String host, String text) {
        Map<String, List<String>> values = new LinkedHashMap<>();
        for (String name : List.of("For", "Proto", "Host", "Port", "Prefix")) {
            ReceivedForwardedHeaders.add("X-Forwarded-" + name, text, values);
        }
        ReceivedForwardedHeaders.add("Forwarded", text, values);
        return new ReceivedForwardedHeaders(host, "/a/b", values);
    }

    private static Map<String, String> describe(@Nullable String trusted, ReceivedForwardedHeaders received) {
        Map<String, String> described = new LinkedHashMap<>();
        new ForwardedHeaders(new TrustedProxies(trusted))
                .describe(
                        received,
                        PROXY,
                        "http",
                        "/b",
                        (name, value) ->
                                assertThat(described.put(name, value)).as(name).isNull());
        return described;
    }

    @Test
    void headersWhenTheProxyIsTrustedThenItsOwnAddressIsTheLast() {
        texts().check(text -> {
            Map<String, String> described = describe(PROXIES, received(text, text));

            assertThat(described.get("X-Forwarded-For")).endsWith("10.0.0.1");
            assertThat(described.get("Forwarded")).endsWith("for=10.0.0.1");
        });
    }

    @Test
    void headersWhenThePeerIsNotTrustedThenNothingOfThemIsPassedOn() {
        Map<String, String> expected = describe(null, new ReceivedForwardedHeaders("gw.example", "/a/b", Map.of()));
        texts().check(text ->
                assertThat(describe(null, received("gw.example", text))).isEqualTo(expected));
    }

    @Test
    void addressWhenProxiesNameItThenItIsAnAddress() {
        var addresses = new ClientAddresses(new TrustedProxies(PROXIES));
        texts().check(text -> assertThat(
                        ClientAddress.isAddress(addresses.find(PROXY, List.of("10.0.0.9", text, text))))
                .isTrue());
    }

    /** An origin that the gateway compares with that of a page. */
    @Test
    void originWhenProxiesNameItThenItIsAnOrigin() {
        var headers = new ForwardedHeaders(new TrustedProxies(PROXIES));
        texts().check(text -> {
            Origin origin = headers.originOf(received(text, text), PROXY, "http");

            assertThat(origin == null || origin.equals(Origin.parse(origin.toString())))
                    .isTrue();
        });
    }
}
