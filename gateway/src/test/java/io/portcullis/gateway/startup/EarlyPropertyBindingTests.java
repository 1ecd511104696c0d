package io.portcullis.gateway.startup;

import static org.assertj.core.api.Assertions.assertThat;

import io.portcullis.gateway.GatewayApplication;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.context.properties.ConfigurationPropertiesScan;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;

class EarlyPropertyBindingTests {
    private final AtomicBoolean connected = new AtomicBoolean();
    private final ApplicationContextRunner runner = new ApplicationContextRunner()
            .withBean(AtomicBoolean.class, () -> connected)
            .withUserConfiguration(Connecting.class, Records.class);

    @ParameterizedTest
    @ValueSource(
            strings = {
                "portcullis.http.request-timeout=0s",
                "portcullis.stream.max-per-session=0",
                "portcullis.janitor.batch-size=0",
                "portcullis.session.max-lifetime=1m",
                "portcullis.shutdown.drain-delay=-1s"
            })
    void valueWhenInvalidThenNoConnectionIsMade(String property) {
        runner.withPropertyValues(property).run(context -> {
            assertThat(context).hasFailed();
            assertThat(connected).isFalse();
        });
    }

    @Test
    void valuesWhenValidThenTheConnectionIsMade() {
        runner.run(context -> assertThat(connected).isTrue());
    }

    /**
     * Stands for the connections to the stores: a bean that needs no properties, and is defined before them. Has no
     * {@code @Configuration}, because the component scan of the application in other tests would find it.
     */
    static class Connecting {
        @Bean
        Object connection(AtomicBoolean connected) {
            connected.set(true);
            return new Object();
        }
    }

    @Import(StartupConfiguration.class)
    @ConfigurationPropertiesScan(basePackageClasses = GatewayApplication.class)
    static class Records {}
}
