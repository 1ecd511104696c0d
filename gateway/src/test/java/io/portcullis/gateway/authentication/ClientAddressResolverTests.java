package io.portcullis.gateway.authentication;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetSocketAddress;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.mock.http.server.reactive.MockServerHttpRequest;

@ExtendWith(OutputCaptureExtension.class)
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
        var resolver = new ClientAddressResolver("10\\..*");

        assertThat(resolver.resolve(from("10.0.0.1", forwardedFor))).isEqualTo(expected);
    }

    @Test
    void resolveWhenForwardedHeadersComeAndNoProxyIsTrustedThenOneWarning(CapturedOutput output) {
        var resolver = new ClientAddressResolver(null);

        for (int i = 0; i < 3; i++) {
            assertThat(resolver.resolve(from("10.0.0.1", "203.0.113." + i))).isEqualTo("10.0.0.1");
        }

        assertThat(output.getOut().split("trusted-proxies is not set", -1)).hasSize(2);
    }

    @Test
    void resolveWhenAProxyIsTrustedThenNoWarning(CapturedOutput output) {
        var resolver = new ClientAddressResolver("10\\.0\\.0\\.1");

        assertThat(resolver.resolve(from("192.0.2.1", "203.0.113.7"))).isEqualTo("192.0.2.1");

        assertThat(output).doesNotContain("trusted-proxies");
    }
}
