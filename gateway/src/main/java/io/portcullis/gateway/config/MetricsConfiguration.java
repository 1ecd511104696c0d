package io.portcullis.gateway.config;

import io.portcullis.gateway.observe.BoundedMeterTags;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.boot.micrometer.observation.autoconfigure.ObservationProperties;
import org.springframework.cloud.gateway.filter.headers.observation.GatewayObservationConvention;
import org.springframework.cloud.gateway.support.tagsprovider.GatewayHttpTagsProvider;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.server.reactive.observation.ServerRequestObservationConvention;

/** Bounds the tags of the meters that Spring and Spring Cloud Gateway make for requests. */
@Configuration(proxyBeanMethods = false)
class MetricsConfiguration {
    /** In the place of the one that Spring Boot makes. */
    @Bean
    ServerRequestObservationConvention serverRequestTags(ObservationProperties observations) {
        return new BoundedMeterTags.Server(
                observations.getHttp().getServer().getRequests().getName());
    }

    @Bean
    GatewayObservationConvention clientRequestTags() {
        return new BoundedMeterTags.Client();
    }

    /** In the place of the one that the gateway library makes without asking whether there is another. */
    @Bean
    static BeanPostProcessor routeRequestTags() {
        return new BeanPostProcessor() {
            @Override
            public Object postProcessAfterInitialization(Object bean, String name) {
                return bean.getClass() == GatewayHttpTagsProvider.class ? new BoundedMeterTags.Route() : bean;
            }
        };
    }
}
