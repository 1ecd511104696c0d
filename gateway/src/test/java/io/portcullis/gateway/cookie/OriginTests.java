package io.portcullis.gateway.cookie;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class OriginTests {
    @ParameterizedTest
    @CsvSource({
        "https://app.example, https://app.example:443",
        "http://app.example, http://app.example:80",
        "HTTPS://App.Example, https://app.example",
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
        "https://app.example:80, https://app.example"
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
                "ftp://app.example"
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
}
