package io.portcullis.service;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;

/** Creates what servlet and WebFlux applications share. */
@AutoConfiguration
@EnableConfigurationProperties(PortcullisServiceProperties.class)
public final class PortcullisServiceAutoConfiguration {
    @Bean
    CallerReader portcullisCallerReader(PortcullisServiceProperties properties) {
        return properties.reader();
    }
}
