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
    private static final String VALIDATE = "server.netty.validate-headers";
    private static final String UPGRADE_LIMIT = "server.netty.h2c-max-content-length";
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
        if (isTrue(HTTP_2, false)) {
            requireHttp2Checks();
        }
    }

    private void requirePositive(String name) {
        Binder.get(environment).bind(name, Duration.class).ifBound(limit -> {
            if (limit.isNegative() || limit.isZero()) {
                throw new ConfigurationException(
                        name + ": " + limit + " is not a valid timeout.", "Write more than zero, such as 2s.");
            }
        });
    }

    private boolean isTrue(String name, boolean fallback) {
        return Binder.get(environment).bind(name, Boolean.class).orElse(fallback);
    }

    /** Netty's codec of HTTP/2 checks the fields of a request only together with those of HTTP/1 (docs/adr/0034). */
    private void requireHttp2Checks() {
        if (!isTrue(VALIDATE, true)) {
            throw new ConfigurationException(
                    VALIDATE + ": false together with " + HTTP_2 + ": true would let malformed requests in.",
                    "Leave out " + VALIDATE + ", or " + HTTP_2 + ".");
        }
        if (Binder.get(environment).bind(UPGRADE_LIMIT, String.class).isBound()) {
            throw new ConfigurationException(
                    UPGRADE_LIMIT + ": has no effect, because the gateway does not upgrade connections to HTTP/2.",
                    "Leave it out. Clients without TLS begin with HTTP/2 (prior knowledge).");
        }
    }
}
