package io.portcullis.gateway.authentication;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import io.portcullis.core.error.ErrorCode;
import io.portcullis.core.error.PortcullisException;
import io.portcullis.gateway.origin.Origin;
import io.portcullis.gateway.route.RouteRules;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.http.HttpHeaders;
import org.springframework.mock.http.server.reactive.MockServerHttpRequest;

class WebSocketGuardTests {
    private static final Origin OWN = Objects.requireNonNull(Origin.parse("http://gw.example"));

    private static MockServerHttpRequest handshake(String... origins) {
        return MockServerHttpRequest.get("http://gw.example/ws")
                .header(HttpHeaders.CONNECTION, "Upgrade")
                .header(HttpHeaders.UPGRADE, "websocket")
                .header("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ==")
                .header(HttpHeaders.ORIGIN, origins)
                .build();
    }

    private static @Nullable Throwable check(MockServerHttpRequest request, String... allowedOnRoute) {
        RouteRules rules = RouteRules.of("route", Map.of("allowed-origins", List.of(allowedOnRoute)));
        return catchThrowable(() ->
                WebSocketGuard.check(request, URI.create("ws://service"), rules, origin -> origin.isSameHost(OWN)));
    }

    private static void assertRefused(@Nullable Throwable failure) {
        assertThat(failure)
                .asInstanceOf(type(PortcullisException.class))
                .extracting(PortcullisException::code)
                .isEqualTo(ErrorCode.FORBIDDEN);
    }

    @ParameterizedTest
    @CsvSource({
        "http://gw.example, true",
        "http://gw.example:80, true",
        "HTTP://GW.EXAMPLE, true",
        "https://gw.example, true",
        "https://gw.example:443, true",
        "https://friend.example, true",
        "https://friend.example:443, true",
        "https://xn--mnchen-3ya.example, true",
        "http://[2001:db8::1]:8080, true",
        "capacitor://localhost, true",
        "http://friend.example, false",
        "https://friend.example:8443, false",
        "https://friend.example., false",
        "https://friend.example/, false",
        "https://user@friend.example, false",
        "https://m\u00fcnchen.example, false",
        "http://gw.example:8080, false",
        "http://gw.example.evil.example, false",
        "http://evil.example@gw.example, false",
        "http://evil.example, false",
        "null, false",
        "'', false"
    })
    void checkWhenOriginThenOwnHostAndAllowedOriginsPass(String origin, boolean passes) {
        Throwable failure = check(
                handshake(origin),
                "https://friend.example",
                "https://M\u00dcNCHEN.example",
                "http://[2001:DB8::1]:8080",
                "capacitor://localhost");

        if (passes) {
            assertThat(failure).isNull();
        } else {
            assertRefused(failure);
        }
    }

    @Test
    void checkWhenThereAreTwoOriginsThenRefused() {
        assertRefused(check(handshake("http://gw.example", "http://gw.example")));
        assertRefused(check(handshake("http://evil.example", "http://gw.example")));
    }

    @Test
    void checkWhenEveryOriginIsAllowedOrThereIsNoneThenPasses() {
        assertThat(check(handshake("null"), "*")).isNull();
        assertThat(check(handshake())).isNull();
    }
}
