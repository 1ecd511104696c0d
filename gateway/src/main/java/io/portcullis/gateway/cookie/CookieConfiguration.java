package io.portcullis.gateway.cookie;

import io.portcullis.core.login.LogoutService;
import io.portcullis.core.login.RefreshService;
import io.portcullis.core.token.check.AccessTokenAuthenticator;
import io.portcullis.gateway.forwarded.ForwardedHeaders;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.springframework.boot.webflux.autoconfigure.WebFluxProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Creates the parts of cookie mode, and the filter that protects the cookies from services in every mode. */
@Configuration(proxyBeanMethods = false)
class CookieConfiguration {
    @Bean
    TokenCookies tokenCookies(CookieProperties properties, Clock clock) {
        return new TokenCookies(properties.cookies(), CookiePair.of(properties.sameSite()), clock);
    }

    @Bean
    PendingCookies pendingCookies() {
        return new PendingCookies(Duration.ofSeconds(1));
    }

    @Bean
    CookieAuthentication cookieAuthentication(
            AccessTokenAuthenticator authenticator,
            RefreshService refreshes,
            RefreshAdmission admission,
            TokenCookies cookies,
            PendingCookies pending) {
        return new CookieAuthentication(authenticator::authenticate, refreshes, admission, cookies, pending);
    }

    @Bean
    OlderSessions olderSessions(LogoutService logout, PendingCookies pending) {
        return new OlderSessions(logout, pending);
    }

    @Bean
    BrowserSessions browserSessions(
            CookieProperties properties, CookieAuthentication authentication, OlderSessions older) {
        return new BrowserSessions(properties.cookies(), authentication, older);
    }

    @Bean
    RequestSite requestSite(CookieProperties properties, ForwardedHeaders forwarded) {
        return new RequestSite(properties.allowedOrigins(), forwarded);
    }

    @Bean
    ConsoleCookies consoleCookies(
            AccessTokenAuthenticator authenticator,
            RefreshService refreshes,
            RefreshAdmission admission,
            ForwardedHeaders forwarded,
            WebFluxProperties webFlux,
            PendingCookies pending,
            Clock clock) {
        String base = Objects.requireNonNullElse(webFlux.getBasePath(), "");
        TokenCookies cookies = new TokenCookies(CookieMode.ONLY, CookiePair.ofConsole(base), clock);
        return new ConsoleCookies(
                cookies,
                new CookieAuthentication(authenticator::authenticate, refreshes, admission, cookies, pending),
                new RequestSite(List.of(), forwarded));
    }

    @Bean
    OpenEndpointsWebFilter openEndpointsWebFilter(CookieProperties properties, RequestSite site) {
        return new OpenEndpointsWebFilter(properties.cookies(), site);
    }

    @Bean
    ServiceResponseFilter serviceResponseFilter(CookieProperties properties) {
        return new ServiceResponseFilter(properties.cookies());
    }
}
