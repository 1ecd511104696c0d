package io.portcullis.gateway.console;

import io.portcullis.core.login.LoginRequest;
import io.portcullis.core.login.LoginResult;
import io.portcullis.core.login.LoginService;
import io.portcullis.core.login.LogoutService;
import io.portcullis.core.reactive.EachInTurn;
import io.portcullis.core.session.ClientInfo;
import io.portcullis.core.token.check.AccessTokenAuthenticator;
import io.portcullis.core.token.store.Identity;
import io.portcullis.gateway.authentication.ClientInfoResolver;
import io.portcullis.gateway.authentication.LocalAuthenticationWebFilter;
import io.portcullis.gateway.cookie.ConsoleCookies;
import io.portcullis.gateway.cookie.OlderSessions;
import io.portcullis.gateway.problem.Envelope;
import io.portcullis.gateway.problem.MissingRoleException;
import io.portcullis.gateway.stream.OpenStreams;
import io.portcullis.gateway.tenant.LoginTenants;
import java.time.Clock;
import java.util.List;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.health.contributor.ReactiveHealthIndicator;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Serves what the console needs beside the administrators' API: its login and logout, the health of the stores, streams. */
@OnConsole
@RestController
@RequestMapping(path = ConsoleApi.OWN, produces = MediaType.APPLICATION_JSON_VALUE)
final class ConsoleEndpoint {
    private static final String DEVICE = "Console";

    private final LoginService logins;
    private final LogoutService logouts;
    private final OlderSessions older;
    private final AccessTokenAuthenticator authenticator;
    private final ConsoleCookies cookies;
    private final ClientInfoResolver clients;
    private final ReactiveHealthIndicator stores;
    private final OpenStreams streams;
    private final Clock clock;
    private final LoginTenants tenants;

    ConsoleEndpoint(
            LoginService logins,
            LogoutService logouts,
            OlderSessions older,
            AccessTokenAuthenticator authenticator,
            ConsoleCookies cookies,
            ClientInfoResolver clients,
            @Qualifier("storesHealthIndicator") ReactiveHealthIndicator stores,
            OpenStreams streams,
            Clock clock,
            LoginTenants tenants) {
        this.logins = logins;
        this.logouts = logouts;
        this.older = older;
        this.authenticator = authenticator;
        this.cookies = cookies;
        this.clients = clients;
        this.stores = stores;
        this.streams = streams;
        this.clock = clock;
        this.tenants = tenants;
    }

    /**
     * Opens a session and sets the console's cookies; the body has no token. An older session of the same cookies ends. The session of a
     * caller without the role {@code admin} ends at once, and the call fails with {@code FORBIDDEN}. The call fails with
     * {@code TENANT_REQUIRED} if usernames are unique within a tenant only and the body names none.
     */
    @PostMapping(path = "/login", consumes = MediaType.APPLICATION_JSON_VALUE)
    Mono<Envelope<Boolean>> login(@RequestBody ConsoleLoginBody body, ServerWebExchange exchange) {
        ClientInfo client = clients.resolve(exchange.getRequest(), DEVICE);
        List<String> tokens = cookies.tokens(exchange.getRequest());
        return logins.login(new LoginRequest(
                        body.requireUsername(),
                        tenants.of("tenant", body.tenant()),
                        body.requirePassword(),
                        client,
                        older.idsOf(tokens)))
                .delayUntil(result -> requireAdministrator(result, client))
                .delayUntil(result -> older.end(tokens, result, client))
                .doOnNext(result -> cookies.set(exchange.getResponse(), result))
                .thenReturn(Envelope.of(true));
    }

    private Mono<Void> requireAdministrator(LoginResult result, ClientInfo client) {
        String token = result.tokens().access().value();
        return authenticator
                .authenticate(token, client::ip)
                .doOnNext(LocalAuthenticationWebFilter::requireAdministrator)
                .onErrorResume(
                        MissingRoleException.class,
                        refused -> logouts.logout(token, client).then(Mono.error(refused)))
                .then();
    }

    /** Ends the session of the console's cookies and deletes them. Succeeds without cookies, too. */
    @PostMapping("/logout")
    Mono<Envelope<Boolean>> logout(ServerWebExchange exchange) {
        ClientInfo client = clients.resolve(exchange.getRequest());
        return EachInTurn.run(
                        Flux.fromIterable(cookies.tokens(exchange.getRequest())),
                        token -> logouts.logout(token, client))
                .then(Mono.fromRunnable(() -> cookies.clear(exchange.getResponse())))
                .thenReturn(Envelope.of(true));
    }

    /** Answers with the administrator and the health of the stores. */
    @GetMapping("/overview")
    Mono<Envelope<ConsoleOverviewBody>> overview(Identity identity) {
        return stores.health()
                .map(health -> Envelope.of(ConsoleOverviewBody.of(identity, health, streams.count(), clock.millis())));
    }

    /** Answers with the number of streams of a session that are open on this node; other nodes may have more. */
    @GetMapping("/streams/{sessionId}")
    Mono<Envelope<Integer>> streams(@PathVariable String sessionId) {
        return Mono.fromSupplier(() -> Envelope.of(streams.countOf(sessionId)));
    }
}
