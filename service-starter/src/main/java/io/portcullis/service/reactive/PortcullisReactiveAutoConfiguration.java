package io.portcullis.service.reactive;

import io.portcullis.service.CallerReader;
import io.portcullis.service.PortcullisServiceAutoConfiguration;
import io.portcullis.service.PortcullisServiceProperties;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.security.autoconfigure.web.reactive.ConditionalOnDefaultReactiveWebSecurity;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.security.config.web.server.ServerHttpSecurity;
import org.springframework.security.web.server.SecurityWebFilterChain;

/** Secures a WebFlux application, unless it has a {@code SecurityWebFilterChain} of its own. */
@AutoConfiguration(
        after = PortcullisServiceAutoConfiguration.class,
        beforeName = {
            "org.springframework.boot.security.autoconfigure.web.reactive.ReactiveWebSecurityAutoConfiguration",
            "org.springframework.boot.security.autoconfigure.actuate.web.reactive.ReactiveManagementWebSecurityAutoConfiguration",
            "org.springframework.boot.security.oauth2.server.resource.autoconfigure.web.reactive."
                    + "ReactiveOAuth2ResourceServerWebSecurityAutoConfiguration"
        })
@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.REACTIVE)
public final class PortcullisReactiveAutoConfiguration {
    @Bean
    @ConditionalOnMissingBean
    ReactivePortcullisSecurity reactivePortcullisSecurity(CallerReader reader) {
        return new ReactivePortcullisSecurity(reader);
    }

    /** A class of its own, because the condition must see no bean of this one. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnDefaultReactiveWebSecurity
    static class DefaultChain {
        @Bean
        SecurityWebFilterChain portcullisSecurityWebFilterChain(
                ServerHttpSecurity http, ReactivePortcullisSecurity security, PortcullisServiceProperties properties) {
            return security.applyWithRules(http, properties.openPaths()).build();
        }
    }
}
