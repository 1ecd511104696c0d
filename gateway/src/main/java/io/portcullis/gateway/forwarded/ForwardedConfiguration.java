package io.portcullis.gateway.forwarded;

import org.springframework.cloud.gateway.config.GatewayProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;

/** Creates the forwarding headers of proxied requests, and the check of the proxies that are trusted. */
@Configuration(proxyBeanMethods = false)
class ForwardedConfiguration {
    @Bean
    static TrustedProxiesCheck trustedProxiesCheck(Environment environment) {
        return new TrustedProxiesCheck(environment);
    }

    @Bean
    TrustedProxies trustedProxies(GatewayProperties gateway) {
        return new TrustedProxies(gateway.getTrustedProxies());
    }

    @Bean
    ForwardedHeaders forwardedHeaders(TrustedProxies trusted) {
        return new ForwardedHeaders(trusted);
    }

    @Bean
    ForwardedHeadersFilter clientForwardedHeadersFilter(ForwardedHeaders forwarded) {
        return new ForwardedHeadersFilter(forwarded);
    }
}
