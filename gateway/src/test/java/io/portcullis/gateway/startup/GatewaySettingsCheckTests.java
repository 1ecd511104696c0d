package io.portcullis.gateway.startup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
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
    @CsvSource({"server.netty.validate-headers, false", "server.netty.h2c-max-content-length, 1KB"})
    void http2WhenASettingDoesNotGoWithItThenRefused(String name, String value) {
        environment.setProperty("server.http2.enabled", "true");
        environment.setProperty(name, value);

        var refusal = catchThrowableOfType(ConfigurationException.class, this::check);

        assertThat(refusal.description()).contains(name);
    }

    @Test
    void settingsWhenUsualThenAccepted() {
        environment.setProperty("server.http2.enabled", "true");
        environment.setProperty("server.netty.validate-headers", "true");
        environment.setProperty(GATEWAY + "httpclient.response-timeout", "30s");
        environment.setProperty(GATEWAY + "httpclient.connect-timeout", "2000");

        check();
    }
}
