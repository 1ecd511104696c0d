package io.portcullis.gateway.authentication;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import io.portcullis.gateway.forwarded.TrustedProxies;
import io.portcullis.gateway.logging.LogCapture;
import java.net.InetSocketAddress;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.mock.http.server.reactive.MockServerHttpRequest;

class ClientAddressResolverTests {
    private static ServerHttpRequest from(String peer, String forwardedFor) {
        return MockServerHttpRequest.post("/system/auth/login")
                .remoteAddress(new InetSocketAddress(peer, 1))
                .header("X-Forwarded-For", forwardedFor)
                .build();
    }

    @ParameterizedTest
    @CsvSource({
        "203.0.113.7:5678, 203.0.113.7",
        "[2001:db8::7]:443, 2001:db8:0:0:0:0:0:7",
        "::ffff:203.0.113.7, 203.0.113.7",
        "203.0.113.7:1234:5, 10.0.0.1",
        "203.0.113.777, 10.0.0.1",
        "203.0.113, 10.0.0.1",
        "1:2:3:4, 10.0.0.1",
        "evil, 10.0.0.1"
    })
    void resolveWhenTheProxySpellsAnAddressInItsWayThenOneSpelling(String forwardedFor, String expected) {
        var resolver = new ClientAddressResolver(new TrustedProxies("10\\..*"));

        assertThat(resolver.resolve(from("10.0.0.1", forwardedFor))).isEqualTo(expected);
    }

    @Test
    void resolveWhenForwardedHeadersComeAndNoProxyIsTrustedThenOneWarning() {
        var resolver = new ClientAddressResolver(new TrustedProxies(null));

        try (LogCapture log = LogCapture.of(ClientAddressResolver.class, Level.INFO)) {
            for (int i = 0; i < 3; i++) {
                assertThat(resolver.resolve(from("10.0.0.1", "203.0.113." + i))).isEqualTo("10.0.0.1");
            }

            assertThat(log.lines())
                    .singleElement()
                    .asString()
                    .startsWith("WARN")
                    .contains("trusted-proxies is not set");
        }
    }

    @Test
    void resolveWhenAProxyIsTrustedThenNoWarning() {
        var resolver = new ClientAddressResolver(new TrustedProxies("10\\.0\\.0\\.1"));

        try (LogCapture log = LogCapture.of(ClientAddressResolver.class, Level.INFO)) {
            assertThat(resolver.resolve(from("192.0.2.1", "203.0.113.7"))).isEqualTo("192.0.2.1");

            assertThat(log.lines()).isEmpty();
        }
    }
}
