package io.portcullis.service.servlet;

import io.portcullis.service.CallerReader;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.security.authentication.AuthenticationServiceException;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.annotation.web.configurers.AbstractHttpConfigurer;
import org.springframework.security.config.http.SessionCreationPolicy;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.AuthenticationException;
import org.springframework.security.web.access.intercept.AuthorizationFilter;
import org.springframework.security.web.authentication.AuthenticationFilter;

/**
 * Authenticates the requests of a filter chain by what the gateway sends. A service that has a {@code SecurityFilterChain} of its own
 * applies it there:
 *
 * <pre>{@code
 * @Bean
 * SecurityFilterChain security(HttpSecurity http, PortcullisSecurity portcullis) {
 *     return portcullis.apply(http)
 *             .authorizeHttpRequests(requests -> requests.anyRequest().hasRole("editor"))
 *             .build();
 * }
 * }</pre>
 */
public final class PortcullisSecurity {
    private static final Logger log = LoggerFactory.getLogger(PortcullisSecurity.class);

    private final CallerReader reader;

    PortcullisSecurity(CallerReader reader) {
        this.reader = reader;
    }

    /**
     * Adds the authentication, and answers 401 to a request that must have a caller and has none. No session and no login page: each
     * request says who calls. No CSRF token: no browser sends these header fields by itself, and the gateway has checked where a request
     * with a cookie comes from.
     *
     * @return {@code http}
     */
    public HttpSecurity apply(HttpSecurity http) {
        return http.csrf(AbstractHttpConfigurer::disable)
                .sessionManagement(sessions -> sessions.sessionCreationPolicy(SessionCreationPolicy.STATELESS))
                .requestCache(AbstractHttpConfigurer::disable)
                .logout(AbstractHttpConfigurer::disable)
                .exceptionHandling(
                        errors -> errors.authenticationEntryPoint((request, response, failure) -> refuse(response)))
                .addFilterBefore(filter(), AuthorizationFilter.class);
    }

    /** Adds to {@link #apply} that only requests to these paths may be anonymous. */
    HttpSecurity applyWithRules(HttpSecurity http, List<String> openPaths) {
        return apply(http)
                .authorizeHttpRequests(requests -> requests.dispatcherTypeMatchers(DispatcherType.ERROR)
                        .permitAll()
                        .requestMatchers(openPaths.toArray(String[]::new))
                        .permitAll()
                        .anyRequest()
                        .authenticated());
    }

    private AuthenticationFilter filter() {
        var filter = new AuthenticationFilter((Authentication caller) -> caller, this::read);
        filter.setSuccessHandler((request, response, caller) -> {});
        filter.setFailureHandler((request, response, failure) -> fail(response, failure));
        return filter;
    }

    private @Nullable Authentication read(HttpServletRequest request) {
        return reader.read(name -> Collections.list(request.getHeaders(name)));
    }

    private static void fail(HttpServletResponse response, AuthenticationException failure) {
        if (failure instanceof AuthenticationServiceException) {
            response.setStatus(HttpStatus.SERVICE_UNAVAILABLE.value());
            response.setHeader(HttpHeaders.RETRY_AFTER, "1");
        } else {
            log.debug("Refused a request that did not come from the gateway: {}", failure.getMessage());
            refuse(response);
        }
    }

    private static void refuse(HttpServletResponse response) {
        response.setStatus(HttpStatus.UNAUTHORIZED.value());
        response.setHeader(HttpHeaders.WWW_AUTHENTICATE, "Bearer");
    }
}
