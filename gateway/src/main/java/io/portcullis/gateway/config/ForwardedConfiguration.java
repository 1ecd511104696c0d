package io.portcullis.gateway.config;

import io.portcullis.gateway.authentication.ServiceCookiesFilter;
import io.portcullis.gateway.cors.CorsRules;
import io.portcullis.gateway.cors.CrossOriginWebFilter;
import io.portcullis.gateway.cors.ServiceCorsHeadersFilter;
import io.portcullis.gateway.forwarded.ForwardedHeaders;
import io.portcullis.gateway.forwarded.ForwardedHeadersFilter;
import io.portcullis.gateway.forwarded.TrustedProxies;
import org.springframework.cloud.gateway.config.GatewayProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Creates the filters for the headers of proxied requests and responses: forwarding headers, cookies and CORS. */
@Configuration(proxyBeanMethods = false)
class ForwardedConfiguration {
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

    @Bean
    ServiceCookiesFilter serviceCookiesFilter() {
        return new ServiceCookiesFilter();
    }

    @Bean
    CorsRules corsRules() {
        return new CorsRules();
    }

    @Bean
    CrossOriginWebFilter crossOriginWebFilter(CorsRules rules) {
        return new CrossOriginWebFilter(rules);
    }

    @Bean
    ServiceCorsHeadersFilter serviceCorsHeadersFilter() {
        return new ServiceCorsHeadersFilter();
    }
}
