package io.portcullis.gateway.authentication;

import io.portcullis.core.token.check.AccessTokenAuthenticator;
import io.portcullis.gateway.forwarded.TrustedProxies;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.reactive.config.WebFluxConfigurer;
import org.springframework.web.reactive.result.method.annotation.ArgumentResolverConfigurer;

/** Creates the filters that admit requests, and the resolvers of tokens, clients and identities. */
@Configuration(proxyBeanMethods = false)
class AuthenticationConfiguration {
    @Bean
    RequestHygieneWebFilter requestHygieneWebFilter() {
        return new RequestHygieneWebFilter();
    }

    @Bean
    BearerTokenResolver bearerTokenResolver(TokenSources sources) {
        return new BearerTokenResolver(sources);
    }

    @Bean
    RouteAccess routeAccess(AccessTokenAuthenticator authenticator) {
        return new RouteAccess(authenticator::authenticate);
    }

    @Bean
    LocalAuthenticationWebFilter localAuthenticationWebFilter(BearerTokenResolver resolver, RouteAccess access) {
        return new LocalAuthenticationWebFilter(resolver, access);
    }

    @Bean
    RouteAuthenticationGlobalFilter routeAuthenticationGlobalFilter(
            BearerTokenResolver resolver, RouteAccess access, TokenSources sources) {
        return new RouteAuthenticationGlobalFilter(resolver, access, sources);
    }

    @Bean
    ClientAddressResolver clientAddressResolver(TrustedProxies trusted) {
        return new ClientAddressResolver(trusted);
    }

    @Bean
    ClientInfoResolver clientInfoResolver(ClientAddressResolver addresses) {
        return new ClientInfoResolver(addresses);
    }

    @Bean
    ServiceCookiesFilter serviceCookiesFilter() {
        return new ServiceCookiesFilter();
    }

    @Bean
    WebFluxConfigurer identityArgument() {
        return new WebFluxConfigurer() {
            @Override
            public void configureArgumentResolvers(ArgumentResolverConfigurer configurer) {
                configurer.addCustomResolver(new IdentityArgumentResolver());
            }
        };
    }
}
