package io.portcullis.gateway.forwarded;

import io.portcullis.gateway.startup.ConfigurationException;
import java.util.List;
import java.util.regex.PatternSyntaxException;
import org.springframework.beans.factory.config.BeanFactoryPostProcessor;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.core.env.Environment;

/** Refuses trusted proxies that are not a regular expression, or that would trust the forwarding headers of any client. */
final class TrustedProxiesCheck implements BeanFactoryPostProcessor {
    private static final String TRUSTED_PROXIES = "spring.cloud.gateway.server.webflux.trusted-proxies";

    /** Addresses of different networks. An expression that matches all of them does not describe a set of proxies. */
    private static final List<String> UNRELATED =
            List.of("8.8.8.8", "203.0.113.77", "198.51.100.1", "100.200.30.40", "1.1.1.1");

    private final Environment environment;

    TrustedProxiesCheck(Environment environment) {
        this.environment = environment;
    }

    @Override
    public void postProcessBeanFactory(ConfigurableListableBeanFactory beans) {
        Binder.get(environment).bind(TRUSTED_PROXIES, String.class).ifBound(TrustedProxiesCheck::requireNetwork);
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
