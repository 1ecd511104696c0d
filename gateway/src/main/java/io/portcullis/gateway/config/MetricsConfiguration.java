package io.portcullis.gateway.config;

import io.portcullis.gateway.observe.BoundedMeterTags;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.boot.micrometer.observation.autoconfigure.ObservationProperties;
import org.springframework.cloud.gateway.filter.headers.observation.GatewayObservationConvention;
import org.springframework.cloud.gateway.support.tagsprovider.GatewayHttpTagsProvider;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.server.reactive.observation.ServerRequestObservationConvention;

/** Installs {@link BoundedMeterTags} for the request meters of Spring and Spring Cloud Gateway. */
@Configuration(proxyBeanMethods = false)
class MetricsConfiguration {
    /** Replaces Spring Boot's convention. */
    @Bean
    ServerRequestObservationConvention serverRequestTags(ObservationProperties observations) {
        return new BoundedMeterTags.Server(
                observations.getHttp().getServer().getRequests().getName());
    }

    @Bean
    GatewayObservationConvention clientRequestTags() {
        return new BoundedMeterTags.Client();
    }

    /** Replaces the provider after its creation, because the gateway library creates it even if another one exists. */
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
