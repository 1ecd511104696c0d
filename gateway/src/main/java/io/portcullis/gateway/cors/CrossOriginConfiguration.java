package io.portcullis.gateway.cors;

import io.portcullis.gateway.forwarded.ForwardedHeaders;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Creates the rules for calls from pages of other origins, and the filters that apply them. */
@Configuration(proxyBeanMethods = false)
class CrossOriginConfiguration {
    @Bean
    CorsRules corsRules() {
        return new CorsRules();
    }

    @Bean
    CrossOriginWebFilter crossOriginWebFilter(CorsRules rules, ForwardedHeaders forwarded) {
        return new CrossOriginWebFilter(rules, forwarded);
    }

    @Bean
    ServiceCorsHeadersFilter serviceCorsHeadersFilter() {
        return new ServiceCorsHeadersFilter();
    }
}
