package io.portcullis.gateway.diagnostics;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.beans.factory.support.DefaultListableBeanFactory;
import org.springframework.mock.env.MockEnvironment;

class VisibleConfigurationTests {
    private static final String SECRET = "canary-secret";

    /** A record of properties with a value of each kind, one of them in a group. */
    record Sample(
            int number,
            boolean flag,
            Duration time,
            Thread.State constant,
            String futureText,
            List<String> futureTexts,
            List<String> none,
            Map<String, String> futureMap,
            @Nullable String unset,
            Group group) {}

    /** A group of properties. */
    record Group(String password) {}

    private static Map<String, @Nullable Object> visible(String prefix, Record properties) {
        Map<String, @Nullable Object> values = new TreeMap<>();
        VisibleConfiguration.addAll(prefix, properties, values);
        return values;
    }

    @Test
    void valuesWhenTheirTypeCannotHoldASecretThenShownAndAllOthersMasked() {
        Map<String, @Nullable Object> values = visible(
                "portcullis.sample",
                new Sample(
                        7,
                        true,
                        Duration.ofSeconds(5),
                        Thread.State.NEW,
                        SECRET,
                        List.of(SECRET),
                        List.of(),
                        Map.of("a", SECRET),
                        null,
                        new Group(SECRET)));

        assertThat(values)
                .containsEntry("portcullis.sample.number", 7)
                .containsEntry("portcullis.sample.flag", true)
                .containsEntry("portcullis.sample.time", "PT5S")
                .containsEntry("portcullis.sample.constant", "NEW")
                .containsEntry("portcullis.sample.future-text", "***")
                .containsEntry("portcullis.sample.future-texts", "***")
                .containsEntry("portcullis.sample.none", List.of())
                .containsEntry("portcullis.sample.future-map", "***")
                .containsEntry("portcullis.sample.unset", null)
                .containsEntry("portcullis.sample.group.password", "***");
        assertThat(values.toString()).doesNotContain(SECRET);
    }

    @ParameterizedTest
    @CsvSource({
        "r2dbc:mysql://localhost:3306/portcullis, r2dbc:mysql://localhost:3306/portcullis",
        "r2dbc:mysql://user:canary-secret@db:3306/p?sslMode=required&password=canary-secret, r2dbc:mysql://db:3306/p",
        "'r2dbc:mysql://user:canary-secret@db1:3306,db2/p?sslMode=required', 'r2dbc:mysql://db1:3306,db2/p'",
        "r2dbc:mysql://user:canary@secret@db/p, ***",
        "r2dbc:pool:mysql://user:canary-secret@db/p, ***",
        "r2dbcs:mysql://user:canary-secret@db/p, ***",
        "canary-secret, ***",
        "r2dbc:mysql://db/p;password=canary-secret, r2dbc:mysql://db/***"
    })
    void databaseWhenItsUrlHasSecretsThenHostAndNameAlone(String url, String expected) {
        var environment = new MockEnvironment()
                .withProperty("spring.r2dbc.url", url)
                .withProperty("spring.r2dbc.password", SECRET)
                .withProperty("spring.data.redis.password", SECRET)
                .withProperty("spring.data.redis.sentinel.password", SECRET)
                .withProperty("spring.data.redis.host", "user:canary-secret@cache")
                .withProperty("server.ssl.key-store-password", SECRET)
                .withProperty("server.port", "8080");

        Map<String, @Nullable Object> values = VisibleConfiguration.of(new DefaultListableBeanFactory(), environment);

        assertThat(values).containsEntry("spring.r2dbc.url", expected).containsEntry("server.port", "8080");
        assertThat(values.toString()).doesNotContain("canary", "secret");
    }

    @ParameterizedTest
    @CsvSource({
        "https://user:canary-secret@events.example.com:8443/hook/canary?key=canary, https://events.example.com:8443",
        "https://events.example.com, https://events.example.com",
        "canary-secret, ***"
    })
    void urlWhenItHasSecretsThenItsOriginAlone(String url, String expected) {
        assertThat(UrlText.origin(url)).isEqualTo(expected);
    }
}
