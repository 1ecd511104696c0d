package io.portcullis.gateway.startup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.portcullis.gateway.GatewayApplication;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.context.properties.ConfigurationPropertiesScan;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.env.SystemEnvironmentPropertySource;

class UnknownPropertyCheckTests {
    private static final AnnotationConfigApplicationContext RECORDS =
            new AnnotationConfigApplicationContext(OnlyProperties.class);

    @ParameterizedTest
    @CsvSource({
        "PORTCULLIS_TOKEN_ACESS_TTL, portcullis.token.access-ttl (PORTCULLIS_TOKEN_ACCESSTTL",
        "PORTCULLIS_LOGOUT_WHEN_REDISFAIL, portcullis.logout.when-redis-fails",
        "PORTCULLIS_BOOTSTRAP_ADMIN_PASWORD, portcullis.bootstrap-admin.password",
        "PORTCULLIS_SOMETHING_ELSE_ALTOGETHER, Leave it out"
    })
    void variableWhenMisspeltThenRefusedWithTheNearestName(String name, String action) {
        var refusal = catchThrowableOfType(ConfigurationException.class, () -> check(variable(name)));

        assertThat(refusal).isNotNull();
        assertThat(refusal.description()).contains(name).doesNotContain("some-value");
        assertThat(refusal.action()).contains(action);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "PORTCULLIS_TOKEN_ACCESS_TTL",
                "PORTCULLIS_TOKEN_ACCESSTTL",
                "PORTCULLIS_TOKEN_KEYS_0",
                "PORTCULLIS_TOKEN_KEYS",
                "PORTCULLIS_BOOTSTRAP_ADMIN_USERNAME",
                "PORTCULLIS_SERVICE_HOST",
                "PORTCULLIS_SERVICE_PORT_HTTP",
                "PORTCULLIS_PORT",
                "PORTCULLIS_PORT_8080_TCP_ADDR",
                "PORTCULLIS_MANAGEMENT_SERVICE_HOST",
                "PORTCULLIS_TESTBED_REDIS",
                "PORTCULLISX"
            })
    void variableWhenKnownOrOfKubernetesThenAccepted(String name) {
        check(variable(name));
    }

    @ParameterizedTest
    @CsvSource({
        "portcullis.tokens.access-ttl, portcullis.token.access-ttl",
        "portcullis.token.acess-ttl, portcullis.token.access-ttl",
        "portcullis.janitor.enable, portcullis.janitor.enabled"
    })
    void propertyWhenMisspeltThenRefusedWithTheNearestName(String name, String nearest) {
        var refusal = catchThrowableOfType(ConfigurationException.class, () -> check(property(name)));

        assertThat(refusal.description()).contains("Unknown property '" + name + "'");
        assertThat(refusal.action()).startsWith("Did you mean " + nearest);
    }

    @ParameterizedTest
    @ValueSource(strings = {"portcullis.token.keys[1]", "portcullis.token", "portcullis.token.accessTtl"})
    void propertyWhenKnownThenAccepted(String name) {
        check(property(name));
    }

    private static StandardEnvironment variable(String name) {
        var environment = new StandardEnvironment();
        environment
                .getPropertySources()
                .replace(
                        StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME,
                        new SystemEnvironmentPropertySource(
                                StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME,
                                Map.of(name, "some-value")));
        return environment;
    }

    private static StandardEnvironment property(String name) {
        var environment = new StandardEnvironment();
        environment.getPropertySources().addFirst(new MapPropertySource("file", Map.of(name, "some-value")));
        return environment;
    }

    private static void check(StandardEnvironment environment) {
        new UnknownPropertyCheck(environment).postProcessBeanFactory(RECORDS.getBeanFactory());
    }

    @Configuration(proxyBeanMethods = false)
    @ConfigurationPropertiesScan(basePackageClasses = GatewayApplication.class)
    static class OnlyProperties {}
}
