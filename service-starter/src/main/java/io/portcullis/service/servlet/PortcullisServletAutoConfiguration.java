package io.portcullis.service.servlet;

import io.portcullis.service.CallerReader;
import io.portcullis.service.PortcullisServiceAutoConfiguration;
import io.portcullis.service.PortcullisServiceProperties;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.security.autoconfigure.web.servlet.ConditionalOnDefaultServletWebSecurity;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.web.SecurityFilterChain;

/** Secures a servlet application, unless it has a {@code SecurityFilterChain} of its own. */
@AutoConfiguration(
        after = PortcullisServiceAutoConfiguration.class,
        beforeName = {
            "org.springframework.boot.security.autoconfigure.web.servlet.ServletWebSecurityAutoConfiguration",
            "org.springframework.boot.security.autoconfigure.actuate.web.servlet.ManagementWebSecurityAutoConfiguration",
            "org.springframework.boot.security.oauth2.server.resource.autoconfigure.web.OAuth2ResourceServerWebSecurityAutoConfiguration"
        })
@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.SERVLET)
public final class PortcullisServletAutoConfiguration {
    @Bean
    @ConditionalOnMissingBean
    PortcullisSecurity portcullisSecurity(CallerReader reader) {
        return new PortcullisSecurity(reader);
    }

    /** A class of its own, because the condition must see no bean of this one. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnDefaultServletWebSecurity
    static class DefaultChain {
        @Bean
        SecurityFilterChain portcullisSecurityFilterChain(
                HttpSecurity http, PortcullisSecurity security, PortcullisServiceProperties properties) {
            return security.applyWithRules(http, properties.openPaths()).build();
        }
    }
}
