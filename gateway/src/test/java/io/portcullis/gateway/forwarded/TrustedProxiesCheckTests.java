package io.portcullis.gateway.forwarded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.portcullis.gateway.startup.ConfigurationException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.support.DefaultListableBeanFactory;
import org.springframework.mock.env.MockEnvironment;

class TrustedProxiesCheckTests {
    private static final String TRUSTED_PROXIES = "spring.cloud.gateway.server.webflux.trusted-proxies";

    private final MockEnvironment environment = new MockEnvironment();

    private void check() {
        new TrustedProxiesCheck(environment).postProcessBeanFactory(new DefaultListableBeanFactory());
    }

    @ParameterizedTest
    @ValueSource(strings = {".*", ".+", "[0-9.]+", "\\d+\\.\\d+\\.\\d+\\.\\d+", "(?s).*"})
    void trustedProxiesWhenTheyMatchEverythingThenRefused(String expression) {
        environment.setProperty(TRUSTED_PROXIES, expression);

        var refusal = catchThrowableOfType(ConfigurationException.class, this::check);

        assertThat(refusal.description()).contains("trusted-proxies", "every address");
        assertThat(refusal.action()).contains("10\\.0\\.0");
    }

    @Test
    void trustedProxiesWhenNoRegularExpressionThenRefused() {
        environment.setProperty(TRUSTED_PROXIES, "10.0.(");

        var refusal = catchThrowableOfType(ConfigurationException.class, this::check);

        assertThat(refusal.description()).contains("not a regular expression");
    }

    @Test
    void trustedProxiesWhenANetworkThenAccepted() {
        environment.setProperty(TRUSTED_PROXIES, "10\\.0\\.0\\.\\d{1,3}|127\\.0\\.0\\.1");

        check();
    }
}
