package io.portcullis.gateway.loginservice;

import io.portcullis.core.login.ExternalLoginService;
import io.portcullis.gateway.authentication.ClientInfoResolver;
import io.portcullis.gateway.cookie.BrowserSessions;
import io.portcullis.gateway.cookie.CookieProperties;
import io.portcullis.gateway.cookie.RequestSite;
import io.portcullis.gateway.cookie.TokenCookies;
import io.portcullis.gateway.upstream.ServiceTimeouts;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import tools.jackson.databind.json.JsonMapper;

/** Creates the filters for the routes of login services. */
@Configuration(proxyBeanMethods = false)
class LoginServiceConfiguration {
    @Bean
    LoginHeaderFilter loginHeaderFilter() {
        return new LoginHeaderFilter();
    }

    @Bean
    LoginServiceGlobalFilter loginServiceGlobalFilter(
            CookieProperties properties,
            RequestSite site,
            ExternalLoginService logins,
            TokenCookies cookies,
            BrowserSessions browserSessions,
            ClientInfoResolver clients,
            ServiceTimeouts timeouts,
            JsonMapper json) {
        var responder =
                new LoginServiceResponder(logins, properties.cookies(), cookies, browserSessions, clients, json);
        return new LoginServiceGlobalFilter(properties.cookies(), site, timeouts, responder);
    }
}
