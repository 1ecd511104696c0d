package io.portcullis.gateway.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.portcullis.gateway.startup.ConfigurationException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.support.DefaultListableBeanFactory;
import org.springframework.mock.env.MockEnvironment;

class GatewaySettingsCheckTests {
    private static final String GATEWAY = "spring.cloud.gateway.server.webflux.";

    private final MockEnvironment environment = new MockEnvironment();

    private void check() {
        new GatewaySettingsCheck(environment).postProcessBeanFactory(new DefaultListableBeanFactory());
    }

    @ParameterizedTest
    @CsvSource({
        "httpclient.response-timeout, 0",
        "httpclient.response-timeout, -1s",
        "httpclient.connect-timeout, 0",
        "httpclient.connect-timeout, -5",
        "httpclient.pool.acquire-timeout, -1"
    })
    void limitWhenZeroOrNegativeThenRefused(String name, String value) {
        environment.setProperty(GATEWAY + name, value);

        var refusal = catchThrowableOfType(ConfigurationException.class, this::check);

        assertThat(refusal.description()).contains(GATEWAY + name);
    }

    @ParameterizedTest
    @ValueSource(strings = {".*", ".+", "[0-9.]+", "\\d+\\.\\d+\\.\\d+\\.\\d+", "(?s).*"})
    void trustedProxiesWhenTheyMatchEverythingThenRefused(String expression) {
        environment.setProperty(GATEWAY + "trusted-proxies", expression);

        var refusal = catchThrowableOfType(ConfigurationException.class, this::check);

        assertThat(refusal.description()).contains("trusted-proxies", "every address");
        assertThat(refusal.action()).contains("10\\.0\\.0");
    }

    @Test
    void trustedProxiesWhenNoRegularExpressionThenRefused() {
        environment.setProperty(GATEWAY + "trusted-proxies", "10.0.(");

        var refusal = catchThrowableOfType(ConfigurationException.class, this::check);

        assertThat(refusal.description()).contains("not a regular expression");
    }

    @Test
    void http2WhenEnabledThenRefused() {
        environment.setProperty("server.http2.enabled", "true");

        var refusal = catchThrowableOfType(ConfigurationException.class, this::check);

        assertThat(refusal.description()).contains("server.http2.enabled");
        assertThat(refusal.action()).contains("terminate HTTP/2 in a proxy in front of the gateway");
    }

    @Test
    void settingsWhenUsualThenAccepted() {
        environment.setProperty("server.http2.enabled", "false");
        environment.setProperty(GATEWAY + "trusted-proxies", "10\\.0\\.0\\.\\d{1,3}|127\\.0\\.0\\.1");
        environment.setProperty(GATEWAY + "httpclient.response-timeout", "30s");
        environment.setProperty(GATEWAY + "httpclient.connect-timeout", "2000");

        check();
    }
}
