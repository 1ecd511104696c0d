package io.portcullis.gateway.cookie;

import io.portcullis.core.error.RootCause;
import io.portcullis.core.login.LoginResult;
import io.portcullis.core.login.LogoutService;
import io.portcullis.core.session.ClientInfo;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.HttpHeaders;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Applies cookie mode to the endpoints for login and refresh. */
public final class BrowserSessions {
    private static final Logger log = LoggerFactory.getLogger(BrowserSessions.class);

    /**
     * The time after the end of an older session in which a response may still begin to bring cookies of that session without a check,
     * see {@link CookieAuthentication#LATE}.
     */
    private static final Duration DELAY = CookieAuthentication.LATE.multipliedBy(2);

    private final CookieMode mode;
    private final CookieAuthentication authentication;
    private final LogoutService logout;
    private final PendingCookies pending;

    BrowserSessions(
            CookieMode mode, CookieAuthentication authentication, LogoutService logout, PendingCookies pending) {
        this.mode = mode;
        this.authentication = authentication;
        this.logout = logout;
        this.pending = pending;
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

    /**
     * Ends the sessions whose cookies the browser sent with a login, with the reason {@code REPLACED_IN_BROWSER}. Completes also if a store
     * fails, and logs it: the new session is open, and its cookies replace the older ones. Completes so late that no response with
     * cookies of an older session follows.
     *
     * @param opened the new session
     */
    public Mono<Void> endOlder(ServerHttpRequest request, LoginResult opened, ClientInfo client) {
        List<String> tokens = tokens(request);
        if (tokens.isEmpty()) {
            return Mono.empty();
        }
        return Flux.fromIterable(tokens)
                .concatMap(token -> logout.replace(token, opened.userId(), client)
                        .doOnError(failure -> log.warn(
                                "Cannot end the older session of a browser that has logged in anew: {}",
                                RootCause.describeWithStore(failure)))
                        .onErrorComplete())
                .collect(Collectors.toSet())
                .delayUntil(ended -> Mono.delay(DELAY))
                .flatMap(ended ->
                        Flux.fromIterable(ended).flatMap(pending::awaitSent).then());
    }

    /**
     * Returns the ids of the sessions that {@link #endOlder} will end. A login may end them before, if the user has too many sessions.
     */
    public Set<String> olderSessions(ServerHttpRequest request) {
        return logout.sessionsOf(tokens(request));
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
