package io.portcullis.gateway.cookie;

import io.portcullis.core.login.LoginResult;
import io.portcullis.core.session.ClientInfo;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.springframework.http.HttpHeaders;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;

/** Applies cookie mode to the endpoints for login and refresh. */
public final class BrowserSessions {
    private final CookieMode mode;
    private final CookieAuthentication authentication;
    private final OlderSessions older;

    BrowserSessions(CookieMode mode, CookieAuthentication authentication, OlderSessions older) {
        this.mode = mode;
        this.authentication = authentication;
        this.older = older;
    }

    /**
     * Returns whether the client gets the tokens in the body. A browser does not if they are in {@code HttpOnly} cookies: a script
     * injected into the page could read the body.
     */
    public boolean receivesTokens(ServerHttpRequest request) {
        return switch (mode) {
            case OFF -> true;
            case ON -> !RequestSite.isBrowser(request.getHeaders());
            case ONLY -> false;
        };
    }

    /** Ends the sessions whose cookies the browser sent with a login, see {@link OlderSessions#end}. */
    public Mono<Void> endOlder(ServerHttpRequest request, LoginResult opened, ClientInfo client) {
        return older.end(tokens(request), opened, client);
    }

    /** Returns the ids of the sessions that {@link #endOlder} will end, see {@link OlderSessions#idsOf}. */
    public Set<String> olderSessions(ServerHttpRequest request) {
        return older.idsOf(tokens(request));
    }

    private List<String> tokens(ServerHttpRequest request) {
        if (mode == CookieMode.OFF) {
            return List.of();
        }
        List<String> values = request.getHeaders().getOrEmpty(HttpHeaders.COOKIE);
        return Stream.concat(
                        GatewayCookies.refreshTokens(values).stream(), GatewayCookies.accessTokens(values).stream())
                .toList();
    }

    /** Emits the successor pair for the cookie of the refresh token; empty if there is none. A refusal clears the cookies. */
    public Mono<LoginResult> refresh(ServerWebExchange exchange, ClientInfo client) {
        List<String> tokens = mode == CookieMode.OFF
                ? List.of()
                : GatewayCookies.refreshTokens(
                        exchange.getRequest().getHeaders().getOrEmpty(HttpHeaders.COOKIE));
        return tokens.isEmpty() ? Mono.empty() : authentication.refreshOrClear(tokens, client, exchange.getResponse());
    }
}
