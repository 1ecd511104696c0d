package io.portcullis.gateway.authentication;

import io.portcullis.core.account.TenantRules;
import io.portcullis.core.identity.IdentityTokens;
import io.portcullis.core.ticket.TicketService;
import io.portcullis.core.token.TokenCodec;
import io.portcullis.core.token.check.AccessTokenAuthenticator;
import io.portcullis.gateway.cookie.CookieAuthentication;
import io.portcullis.gateway.cookie.CookieProperties;
import io.portcullis.gateway.cookie.RequestSite;
import io.portcullis.gateway.forwarded.TrustedProxies;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.reactive.config.WebFluxConfigurer;
import org.springframework.web.reactive.result.method.annotation.ArgumentResolverConfigurer;
import org.springframework.web.reactive.result.method.annotation.RequestMappingHandlerMapping;

/** Creates the filters that admit requests, and the resolvers of tokens, clients and identities. */
@Configuration(proxyBeanMethods = false)
class AuthenticationConfiguration {
    @Bean
    RequestHygieneWebFilter requestHygieneWebFilter() {
        return new RequestHygieneWebFilter();
    }

    @Bean
    TokenSources tokenSources(AuthenticationProperties properties, CookieProperties cookies) {
        return new TokenSources(properties.tokenParameter(), properties.ticketParameter(), cookies.cookies());
    }

    @Bean
    BearerTokenResolver bearerTokenResolver(TokenSources sources) {
        return new BearerTokenResolver(sources);
    }

    @Bean
    TicketAccess ticketAccess(
            RouteAccess access,
            BearerTokenResolver resolver,
            TokenSources sources,
            TicketService tickets,
            ClientAddressResolver addresses) {
        return new TicketAccess(access, resolver, sources, tickets::redeem, addresses);
    }

    @Bean
    RouteAccess routeAccess(AccessTokenAuthenticator authenticator, TokenCodec codec, IdentityTokens identityTokens) {
        return new RouteAccess(authenticator, identityTokens::token, codec.knowsImported());
    }

    @Bean
    RequestAccess requestAccess(
            BearerTokenResolver resolver,
            RouteAccess access,
            TokenSources sources,
            CookieAuthentication cookies,
            RequestSite site,
            ClientInfoResolver clients,
            ClientAddressResolver addresses) {
        return new RequestAccess(resolver, access, sources, cookies, site, clients, addresses);
    }

    @Bean
    LocalAuthenticationWebFilter localAuthenticationWebFilter(RequestAccess access) {
        return new LocalAuthenticationWebFilter(access);
    }

    @Bean
    TenantScopeWebFilter tenantScopeWebFilter(
            TenantRules rules,
            @Qualifier("requestMappingHandlerMapping") ObjectProvider<RequestMappingHandlerMapping> handlers) {
        return new TenantScopeWebFilter(rules, handlers::getObject);
    }

    @Bean
    IdentityTokenResponseFilter identityTokenResponseFilter() {
        return new IdentityTokenResponseFilter();
    }

    @Bean
    OutgoingHeaders outgoingHeaders() {
        return new OutgoingHeaders();
    }

    @Bean
    RouteAuthenticationGlobalFilter routeAuthenticationGlobalFilter(
            RequestAccess access, TicketAccess tickets, TokenSources sources, OutgoingHeaders outgoing) {
        return new RouteAuthenticationGlobalFilter(access, tickets, sources, outgoing);
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
    WebFluxConfigurer identityArgument() {
        return new WebFluxConfigurer() {
            @Override
            public void configureArgumentResolvers(ArgumentResolverConfigurer configurer) {
                configurer.addCustomResolver(new IdentityArgumentResolver(), new TenantScopeArgumentResolver());
            }
        };
    }
}
