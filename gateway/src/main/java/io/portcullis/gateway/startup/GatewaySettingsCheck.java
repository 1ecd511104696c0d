package io.portcullis.gateway.startup;

import java.time.Duration;
import java.util.List;
import org.springframework.beans.factory.config.BeanFactoryPostProcessor;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.core.env.Environment;

/**
 * Refuses values of Spring Boot's and the gateway library's properties that would make every request fail, or would bypass the
 * checks of requests.
 */
final class GatewaySettingsCheck implements BeanFactoryPostProcessor {
    private static final String GATEWAY = "spring.cloud.gateway.server.webflux.";
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

    private final Environment environment;

    GatewaySettingsCheck(Environment environment) {
        this.environment = environment;
    }

    @Override
    public void postProcessBeanFactory(ConfigurableListableBeanFactory beans) {
        LIMITS.forEach(this::requirePositive);
        Binder.get(environment).bind(HTTP_2, Boolean.class).ifBound(GatewaySettingsCheck::requireHttp1);
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
}
