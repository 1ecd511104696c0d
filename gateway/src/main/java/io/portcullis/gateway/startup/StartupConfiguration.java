package io.portcullis.gateway.startup;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.Environment;

/** Creates the checks of the configuration that run before all other beans. A name is checked before any value. */
@Configuration(proxyBeanMethods = false)
class StartupConfiguration {
    @Bean
    static GatewaySettingsCheck gatewaySettingsCheck(Environment environment) {
        return new GatewaySettingsCheck(environment);
    }

    @Bean
    static UnknownPropertyCheck unknownPropertyCheck(ConfigurableEnvironment environment) {
        return new UnknownPropertyCheck(environment);
    }

    @Bean
    static EarlyPropertyBinding earlyPropertyBinding() {
        return new EarlyPropertyBinding();
    }
}
