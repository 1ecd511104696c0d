package io.portcullis.gateway.console;

import io.portcullis.gateway.authentication.ClientInfoResolver;
import io.portcullis.gateway.authentication.LocalAuthenticationWebFilter;
import io.portcullis.gateway.cookie.ConsoleCookies;
import org.springframework.core.Ordered;
import org.springframework.http.server.PathContainer;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;
import org.springframework.web.util.pattern.PathPattern;
import org.springframework.web.util.pattern.PathPatternParser;
import reactor.core.publisher.Mono;

/**
 * Authenticates the console's calls by the console's cookies alone, and refreshes the session when the access token has run out. Refuses
 * every call that a page of another origin sent, with code {@code FOREIGN_ORIGIN}. Login and logout need no session.
 */
final class ConsoleAuthenticationWebFilter implements WebFilter, Ordered {
    private static final PathPattern LOGIN = PathPatternParser.defaultInstance.parse(ConsoleApi.OWN + "/login");
    private static final PathPattern LOGOUT = PathPatternParser.defaultInstance.parse(ConsoleApi.OWN + "/logout");

    private final ConsoleCookies cookies;
    private final ClientInfoResolver clients;

    ConsoleAuthenticationWebFilter(ConsoleCookies cookies, ClientInfoResolver clients) {
        this.cookies = cookies;
        this.clients = clients;
    }

    @Override
    public int getOrder() {
        return LocalAuthenticationWebFilter.ORDER - 1;
    }

    @Override
    public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
        return ConsoleApi.isCall(exchange)
                ? Mono.defer(() -> admit(exchange)).then(Mono.defer(() -> chain.filter(exchange)))
                : chain.filter(exchange);
    }

    private Mono<Void> admit(ServerWebExchange exchange) {
        ServerHttpRequest request = exchange.getRequest();
        exchange.getResponse().getHeaders().set("X-Content-Type-Options", "nosniff");
        PathContainer path = request.getPath().pathWithinApplication();
        if (LOGIN.matches(path)) {
            cookies.refuseForeign(exchange);
            LocalAuthenticationWebFilter.admit(exchange);
            return Mono.empty();
        }
        cookies.requireOwn(exchange);
        if (LOGOUT.matches(path)) {
            LocalAuthenticationWebFilter.admit(exchange);
            return Mono.empty();
        }
        return cookies.authenticate(exchange, clients.resolve(request))
                .doOnNext(identity -> LocalAuthenticationWebFilter.admitAdministrator(exchange, identity))
                .then();
    }
}
