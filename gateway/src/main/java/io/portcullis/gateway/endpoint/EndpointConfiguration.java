package io.portcullis.gateway.endpoint;

import io.portcullis.core.client.ClientAuthenticator;
import io.portcullis.gateway.authentication.TokenSources;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.codec.ServerCodecConfigurer;
import org.springframework.web.reactive.accept.RequestedContentTypeResolverBuilder;
import org.springframework.web.reactive.config.WebFluxConfigurer;
import org.springframework.web.reactive.result.method.annotation.RequestMappingHandlerMapping;
import tools.jackson.databind.json.JsonMapper;

/** Creates what the gateway's own endpoints read requests with. */
@Configuration(proxyBeanMethods = false)
class EndpointConfiguration {
    @Bean
    RefreshTokenResolver refreshTokenResolver(ServerCodecConfigurer codecs, TokenSources sources) {
        return new RefreshTokenResolver(codecs.getReaders(), sources);
    }

    @Bean
    LoginClients loginClients(ClientAuthenticator authenticator) {
        return new LoginClients(authenticator);
    }

    @Bean
    BodyPreparation bodyPreparation(
            @Qualifier("requestMappingHandlerMapping") RequestMappingHandlerMapping endpoints,
            ServerCodecConfigurer codecs) {
        return new BodyPreparation(endpoints, codecs);
    }

    @Bean
    WebFluxConfigurer endpointBodies(JsonMapper json) {
        return new WebFluxConfigurer() {
            @Override
            public void configureHttpMessageCodecs(ServerCodecConfigurer configurer) {
                configurer.customCodecs().registerWithDefaultConfig(new StrictJsonDecoder(json));
            }

            @Override
            public void configureContentTypeResolver(RequestedContentTypeResolverBuilder builder) {
                builder.resolver(new EndpointAcceptResolver());
            }
        };
    }
}
