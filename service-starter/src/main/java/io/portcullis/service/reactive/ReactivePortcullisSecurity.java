package io.portcullis.service.reactive;

import io.portcullis.service.CallerReader;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.security.authentication.AuthenticationServiceException;
import org.springframework.security.config.web.server.SecurityWebFiltersOrder;
import org.springframework.security.config.web.server.ServerHttpSecurity;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.AuthenticationException;
import org.springframework.security.web.server.authentication.AuthenticationWebFilter;
import org.springframework.security.web.server.context.NoOpServerSecurityContextRepository;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/**
 * Authenticates the requests of a filter chain by what the gateway sends. A service that has a {@code SecurityWebFilterChain} of its own
 * applies it there:
 *
 * <pre>{@code
 * @Bean
 * SecurityWebFilterChain security(ServerHttpSecurity http, ReactivePortcullisSecurity portcullis) {
 *     return portcullis.apply(http)
 *             .authorizeExchange(requests -> requests.anyExchange().hasRole("editor"))
 *             .build();
 * }
 * }</pre>
 */
public final class ReactivePortcullisSecurity {
    private static final Logger log = LoggerFactory.getLogger(ReactivePortcullisSecurity.class);

    private final CallerReader reader;

    ReactivePortcullisSecurity(CallerReader reader) {
        this.reader = reader;
    }

    /**
     * Adds the authentication, and answers 401 to a request that must have a caller and has none. No session and no login page: each
     * request says who calls. No CSRF token: no browser sends these header fields by itself, and the gateway has checked where a request
     * with a cookie comes from.
     *
     * @return {@code http}
     */
    public ServerHttpSecurity apply(ServerHttpSecurity http) {
        return http.csrf(ServerHttpSecurity.CsrfSpec::disable)
                .httpBasic(ServerHttpSecurity.HttpBasicSpec::disable)
                .formLogin(ServerHttpSecurity.FormLoginSpec::disable)
                .logout(ServerHttpSecurity.LogoutSpec::disable)
                .requestCache(ServerHttpSecurity.RequestCacheSpec::disable)
                .securityContextRepository(NoOpServerSecurityContextRepository.getInstance())
                .exceptionHandling(errors -> errors.authenticationEntryPoint((exchange, failure) -> refuse(exchange)))
                .addFilterAt(filter(), SecurityWebFiltersOrder.AUTHENTICATION);
    }

    /** Adds to {@link #apply} that only requests to these paths may be anonymous. */
    ServerHttpSecurity applyWithRules(ServerHttpSecurity http, List<String> openPaths) {
        return apply(http).authorizeExchange(requests -> {
            if (!openPaths.isEmpty()) {
                requests.pathMatchers(openPaths.toArray(String[]::new)).permitAll();
            }
            requests.anyExchange().authenticated();
        });
    }

    private AuthenticationWebFilter filter() {
        var filter = new AuthenticationWebFilter((Authentication caller) -> Mono.just(caller));
        filter.setServerAuthenticationConverter(this::read);
        filter.setAuthenticationFailureHandler((exchange, failure) -> fail(exchange.getExchange(), failure));
        return filter;
    }

    private Mono<Authentication> read(ServerWebExchange exchange) {
        HttpHeaders headers = exchange.getRequest().getHeaders();
        Mono<Authentication> caller = Mono.fromCallable(() -> reader.read(name -> headers.getOrEmpty(name)));
        // The service's handlers run where they must not block, as without the starter.
        return reader.isBlocking()
                ? caller.subscribeOn(Schedulers.boundedElastic()).publishOn(Schedulers.parallel())
                : caller;
    }

    private static Mono<Void> fail(ServerWebExchange exchange, AuthenticationException failure) {
        if (failure instanceof AuthenticationServiceException) {
            exchange.getResponse().setStatusCode(HttpStatus.SERVICE_UNAVAILABLE);
            exchange.getResponse().getHeaders().set(HttpHeaders.RETRY_AFTER, "1");
            return exchange.getResponse().setComplete();
        }
        log.debug("Refused a request that did not come from the gateway: {}", failure.getMessage());
        return refuse(exchange);
    }

    private static Mono<Void> refuse(ServerWebExchange exchange) {
        exchange.getResponse().setStatusCode(HttpStatus.UNAUTHORIZED);
        exchange.getResponse().getHeaders().set(HttpHeaders.WWW_AUTHENTICATE, "Bearer");
        return exchange.getResponse().setComplete();
    }
}
