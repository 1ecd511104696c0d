package io.portcullis.gateway.origin;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class OriginTests {
    @ParameterizedTest
    @CsvSource({
        "https://app.example, https://app.example:443",
        "http://app.example, http://app.example:80",
        "HTTPS://App.Example, https://app.example",
        "HTTPS://APP.EXAMPLE.:0443, https://app.example.",
        "capacitor://localhost, Capacitor://Localhost",
        "https://[2001:DB8::1]:8443, https://[2001:db8::1]:8443"
    })
    void parseWhenTheSameOriginThenEqual(String one, String other) {
        assertThat(Origin.parse(one)).isNotNull().isEqualTo(Origin.parse(other));
    }

    @ParameterizedTest
    @CsvSource({
        "https://app.example, http://app.example",
        "https://app.example, https://app.example:8443",
        "https://app.example, https://app.example.evil.example",
        "https://app.example, https://app.example.",
        "https://app.example:80, https://app.example",
        "capacitor://localhost, http://localhost",
        "https://[::1], https://[::2]"
    })
    void parseWhenAnotherOriginThenNotEqual(String one, String other) {
        assertThat(Origin.parse(one)).isNotNull().isNotEqualTo(Origin.parse(other));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "null",
                "*",
                "app.example",
                "https://",
                "https://app.example/",
                "https://app.example?",
                "https://user@app.example",
                "https://app.example:0",
                "https://app.example:65536",
                "https://app.example:x",
                "https://app.example https://b.example",
                "https://app.example,https://b.example",
                "https://m\u00fcnchen.example",
                "https://[::1",
                "https://app.example\u0000",
                " https://app.example"
            })
    void parseWhenNoOriginThenNull(String text) {
        assertThat(Origin.parse(text)).isNull();
    }

    @ParameterizedTest
    @CsvSource({
        "https://m\u00fcnchen.example, https://xn--mnchen-3ya.example",
        "https://M\u00dcNCHEN.example:8443, https://xn--mnchen-3ya.example:8443",
        "https://\u4f8b\u3048.example, https://xn--r8jz45g.example",
        "http://[::1]:8080, http://[::1]:8080"
    })
    void parseConfiguredWhenInternationalisedThenEqualToWhatBrowsersSend(String configured, String sent) {
        assertThat(Origin.parseConfigured(configured)).isNotNull().isEqualTo(Origin.parse(sent));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"*", "null", "https://a/", "https://a/b", "https://a b", "a.example", "https://", "https://:80"})
    void parseConfiguredWhenNoOriginThenNull(String text) {
        assertThat(Origin.parseConfigured(text)).isNull();
    }

    @ParameterizedTest
    @CsvSource({
        "https://a.example, http://a.example, true",
        "https://a.example:8443, http://a.example:8443, true",
        "https://a.example:443, http://a.example:443, true",
        "https://a.example, http://a.example:443, true",
        "https://a.example:8443, http://a.example, false",
        "http://a.example:443, http://a.example, false",
        "https://a.example, http://b.example, false",
        "https://a.example., http://a.example, false",
        "capacitor://a.example, http://a.example, false",
        "capacitor://a.example:80, http://a.example, false"
    })
    void isSameHostWhenTheSchemeDiffersThenHostAndPortDecide(String one, String other, boolean same) {
        Origin origin = Objects.requireNonNull(Origin.parse(one));
        assertThat(origin.isSameHost(Origin.parse(other))).isEqualTo(same);
        assertThat(origin.isSameHost(null)).isFalse();
    }

    @ParameterizedTest
    @CsvSource({
        "https, a.example, https://a.example",
        "HTTPS, A.example:443, https://a.example",
        "wss, a.example, https://a.example",
        "ws, a.example:8080, http://a.example:8080",
        "http, [::1]:80, http://[::1]",
        "http, user@a.example,",
        "http, a.example:x,",
        "'', a.example,"
    })
    void ofWhenSchemeAndAuthorityThenTheOriginOfItsPages(String scheme, String authority, @Nullable String origin) {
        assertThat(Objects.toString(Origin.of(scheme, authority), null)).isEqualTo(origin);
    }

    @Test
    void parseWhenNotExactlyOneValueThenNull() {
        assertThat(Origin.parse(List.of())).isNull();
        assertThat(Origin.parse(List.of("https://a.example", "https://a.example")))
                .isNull();
        assertThat(Origin.parse(List.of("https://a.example"))).isNotNull();
    }

    @Test
    void allowedOriginsWhenParsedThenContainTheirOriginsInEveryForm() {
        AllowedOrigins some = AllowedOrigins.parse(List.of("https://M\u00dcNCHEN.example:443", "http://[::1]:8080"));
        AllowedOrigins any = AllowedOrigins.parse(List.of("*"));

        assertThat(some).isNotNull().satisfies(allowed -> {
            assertThat(allowed.contains(Origin.parse("https://xn--mnchen-3ya.example")))
                    .isTrue();
            assertThat(allowed.contains(Origin.parse("http://[::1]:8080"))).isTrue();
            assertThat(allowed.contains(Origin.parse("http://[::1]"))).isFalse();
            assertThat(allowed.contains(null)).isFalse();
        });
        assertThat(any)
                .isNotNull()
                .satisfies(allowed -> assertThat(allowed.contains(null)).isTrue());
        assertThat(AllowedOrigins.parse(List.of("https://a.example", "a.example")))
                .isNull();
    }
}
