package io.portcullis.gateway.endpoint;

import io.portcullis.core.error.ErrorCode;
import io.portcullis.core.error.PortcullisException;
import io.portcullis.core.login.LoginRequest;
import io.portcullis.core.login.LoginResult;
import io.portcullis.core.login.LoginService;
import io.portcullis.core.login.LogoutService;
import io.portcullis.core.login.RefreshService;
import io.portcullis.core.reactive.EachInTurn;
import io.portcullis.core.session.ClientInfo;
import io.portcullis.gateway.authentication.ClientInfoResolver;
import io.portcullis.gateway.cookie.BrowserSessions;
import io.portcullis.gateway.cookie.TokenCookies;
import io.portcullis.gateway.problem.Envelope;
import io.portcullis.gateway.tenant.LoginTenants;
import org.springframework.http.CacheControl;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Serves login, refresh and logout, which need no access token (docs/design.md section 7). */
@RestController
@RequestMapping("/system/auth")
final class LoginEndpoint {
    private final LoginService loginService;
    private final RefreshService refreshService;
    private final LogoutService logoutService;
    private final RefreshTokenResolver refreshTokens;
    private final TokenCookies cookies;
    private final BrowserSessions browserSessions;
    private final ClientInfoResolver clients;
    private final LoginTenants tenants;
    private final LoginClients loginClients;

    LoginEndpoint(
            LoginService loginService,
            RefreshService refreshService,
            LogoutService logoutService,
            RefreshTokenResolver refreshTokens,
            TokenCookies cookies,
            BrowserSessions browserSessions,
            ClientInfoResolver clients,
            LoginTenants tenants,
            LoginClients loginClients) {
        this.loginService = loginService;
        this.refreshService = refreshService;
        this.logoutService = logoutService;
        this.refreshTokens = refreshTokens;
        this.cookies = cookies;
        this.browserSessions = browserSessions;
        this.clients = clients;
        this.tenants = tenants;
        this.loginClients = loginClients;
    }

    /**
     * Answers with a new token pair: in the body, in cookies, or in both, as the cookie mode says. Then the older session ends whose
     * cookies the browser sent along. A failure to end it does not undo the login, whose cookies replace the older ones.
     */
    @PostMapping(
            path = "/login",
            consumes = MediaType.APPLICATION_JSON_VALUE,
            produces = MediaType.APPLICATION_JSON_VALUE)
    Mono<ResponseEntity<Envelope<TokenBody>>> login(@RequestBody LoginBody body, ServerWebExchange exchange) {
        ServerHttpRequest request = exchange.getRequest();
        ClientInfo client = clients.resolve(request, body.device());
        return loginClients
                .find(body, client, browserSessions.receivesTokens(request))
                .flatMap(loginClient -> loginService.login(new LoginRequest(
                        body.username(),
                        tenants.of(request.getHeaders()),
                        body.password(),
                        client,
                        loginClient.orElse(null),
                        browserSessions.olderSessions(request))))
                .delayUntil(result -> browserSessions.endOlder(request, result, client))
                .map(result -> tokenResponse(result, exchange));
    }

    /** Exchanges the refresh token for the next pair. Fails with {@code REFRESH_TOKEN_INVALID} if the request presents none. */
    @PostMapping(path = "/refresh-token", produces = MediaType.APPLICATION_JSON_VALUE)
    Mono<ResponseEntity<Envelope<TokenBody>>> refresh(ServerWebExchange exchange) {
        ClientInfo client = clients.resolve(exchange.getRequest());
        return refreshTokens
                .find(exchange)
                .flatMap(token -> refreshService.refresh(token, client))
                .switchIfEmpty(Mono.defer(() -> browserSessions.refresh(exchange, client)))
                .switchIfEmpty(Mono.error(() -> PortcullisException.of(ErrorCode.REFRESH_TOKEN_INVALID)))
                .map(result -> tokenResponse(result, exchange));
    }

    /**
     * Ends the sessions of all tokens that the request presents, in any place ({@link PresentedTokens}). If one session cannot be
     * ended, the others still are, and the response is the first error. The endpoint ignores {@code Accept}, so that a logout
     * never fails because of the response's format.
     */
    @PostMapping("/logout")
    Mono<ResponseEntity<Envelope<Boolean>>> logout(ServerWebExchange exchange) {
        ClientInfo client = clients.resolve(exchange.getRequest());
        Flux<String> tokens = PresentedTokens.of(exchange.getRequest(), logoutService.knowsImported());
        return EachInTurn.run(tokens, token -> logoutService.logout(token, client))
                .then(Mono.fromSupplier(() -> logoutResponse(exchange)));
    }

    private ResponseEntity<Envelope<TokenBody>> tokenResponse(LoginResult result, ServerWebExchange exchange) {
        cookies.set(exchange.getResponse(), result);
        boolean inBody = browserSessions.receivesTokens(exchange.getRequest());
        return ResponseEntity.ok().cacheControl(CacheControl.noStore()).body(Envelope.of(TokenBody.of(result, inBody)));
    }

    private ResponseEntity<Envelope<Boolean>> logoutResponse(ServerWebExchange exchange) {
        cookies.clearIfSent(exchange);
        return ResponseEntity.ok()
                .contentType(MediaType.APPLICATION_JSON)
                .cacheControl(CacheControl.noStore())
                .body(Envelope.of(true));
    }
}
