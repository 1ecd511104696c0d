package io.portcullis.gateway.config;

import io.portcullis.gateway.forwarded.TrustedProxies;
import io.portcullis.gateway.startup.ConfigurationException;
import java.time.Duration;
import java.util.List;
import java.util.regex.PatternSyntaxException;
import org.springframework.beans.factory.config.BeanFactoryPostProcessor;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.core.env.Environment;

/**
 * Refuses values of Spring Boot's and the gateway library's properties that would make every request fail, would trust the
 * forwarding headers of any client, or would bypass the checks of requests.
 */
final class GatewaySettingsCheck implements BeanFactoryPostProcessor {
    private static final String GATEWAY = "spring.cloud.gateway.server.webflux.";
    private static final String TRUSTED_PROXIES = GATEWAY + "trusted-proxies";
    private static final String HTTP_2 = "server.http2.enabled";
    /** The timeouts that must be positive. A number without a unit is milliseconds. */
    private static final List<String> LIMITS = List.of(
            GATEWAY + "httpclient.connect-timeout",
            GATEWAY + "httpclient.response-timeout",
            GATEWAY + "httpclient.pool.acquire-timeout",
            GATEWAY + "httpclient.pool.max-idle-time",
            GATEWAY + "httpclient.pool.max-life-time",
            "server.netty.connection-timeout",
            "server.netty.idle-timeout",
            "spring.data.redis.timeout",
            "spring.data.redis.connect-timeout");
    /** Addresses of different networks. An expression that matches all of them does not describe a set of proxies. */
    private static final List<String> UNRELATED =
            List.of("8.8.8.8", "203.0.113.77", "198.51.100.1", "100.200.30.40", "1.1.1.1");

    private final Environment environment;

    GatewaySettingsCheck(Environment environment) {
        this.environment = environment;
    }

    @Override
    public void postProcessBeanFactory(ConfigurableListableBeanFactory beans) {
        LIMITS.forEach(this::requirePositive);
        Binder.get(environment).bind(HTTP_2, Boolean.class).ifBound(GatewaySettingsCheck::requireHttp1);
        Binder.get(environment).bind(TRUSTED_PROXIES, String.class).ifBound(GatewaySettingsCheck::requireNetwork);
    }

    private void requirePositive(String name) {
        Binder.get(environment).bind(name, Duration.class).ifBound(limit -> {
            if (limit.isNegative() || limit.isZero()) {
                throw new ConfigurationException(
                        name + ": " + limit + " is not a valid timeout.", "Write more than zero, such as 2s.");
            }
        });
    }

    /** The checks of requests (docs/adr/0022), the order of their answers and their time limits are those of HTTP/1.1. */
    private static void requireHttp1(boolean http2) {
        if (http2) {
            throw new ConfigurationException(
                    HTTP_2 + ": true would let requests in that the gateway has no checks for.",
                    "Leave it out, and terminate HTTP/2 in a proxy in front of the gateway.");
        }
    }

    private static void requireNetwork(String expression) {
        TrustedProxies trusted;
        try {
            trusted = new TrustedProxies(expression);
        } catch (PatternSyntaxException e) {
            throw new ConfigurationException(
                    TRUSTED_PROXIES + ": " + expression + " is not a regular expression: " + e.getDescription(),
                    "Write an expression that matches the addresses of the proxies, such as 10\\.0\\.0\\.\\d{1,3}");
        }
        if (UNRELATED.stream().allMatch(trusted::contains)) {
            throw new ConfigurationException(
                    TRUSTED_PROXIES + ": " + expression
                            + " matches every address, so that any client could forge its address.",
                    "Write an expression that matches the addresses of the proxies alone, such as 10\\.0\\.0\\.\\d{1,3}");
        }
    }
}
