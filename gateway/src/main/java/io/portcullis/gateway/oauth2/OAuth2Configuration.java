package io.portcullis.gateway.oauth2;

import io.portcullis.core.client.ClientAuthenticator;
import io.portcullis.gateway.authentication.ClientInfoResolver;
import io.portcullis.gateway.forwarded.ForwardedHeaders;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Creates what the OAuth 2 endpoints share. */
@Configuration(proxyBeanMethods = false)
class OAuth2Configuration {
    @Bean
    OAuth2WebFilter oauth2WebFilter() {
        return new OAuth2WebFilter();
    }

    @Bean
    ClientRequests clientRequests(ClientAuthenticator authenticator, ClientInfoResolver origins) {
        return new ClientRequests(authenticator, origins);
    }

    @Bean
    Issuer issuer(OAuth2Properties properties, ForwardedHeaders forwarded) {
        return new Issuer(properties.issuer(), forwarded);
    }
}
