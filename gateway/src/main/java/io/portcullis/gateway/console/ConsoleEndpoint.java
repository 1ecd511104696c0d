package io.portcullis.gateway.console;

import io.portcullis.core.account.TenantScope;
import io.portcullis.core.login.LoginRequest;
import io.portcullis.core.login.LoginResult;
import io.portcullis.core.login.LoginService;
import io.portcullis.core.login.LogoutService;
import io.portcullis.core.reactive.EachInTurn;
import io.portcullis.core.session.ClientInfo;
import io.portcullis.core.session.SessionRepository;
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
    private final LoginTenants loginTenants;
    private final SessionRepository sessions;

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
            LoginTenants loginTenants,
            SessionRepository sessions) {
        this.logins = logins;
        this.logouts = logouts;
        this.older = older;
        this.authenticator = authenticator;
        this.cookies = cookies;
        this.clients = clients;
        this.stores = stores;
        this.streams = streams;
        this.clock = clock;
        this.loginTenants = loginTenants;
        this.sessions = sessions;
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
                        loginTenants.of("tenant", body.tenant()),
                        body.requirePassword(),
                        client,
                        null,
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

    /** Answers with the administrator and the health of the stores; an administrator of one tenant gets no figures of the node. */
    @GetMapping("/overview")
    Mono<Envelope<ConsoleOverviewBody>> overview(TenantScope tenants, Identity identity) {
        return stores.health()
                .map(health -> Envelope.of(
                        ConsoleOverviewBody.of(identity, tenants, health, streams.count(), clock.millis())));
    }

    /** Emits whether the caller may see the session. An administrator of all tenants may see each, also if MySQL does not have it. */
    private Mono<Boolean> inScope(String sessionId, TenantScope tenants) {
        return tenants.restricted()
                ? sessions.findById(sessionId)
                        .map(session -> tenants.includes(session.tenantId()))
                        .defaultIfEmpty(false)
                : Mono.just(true);
    }

    /** Answers with the number of streams of a session that are open on this node; other nodes may have more. */
    @GetMapping("/streams/{sessionId}")
    Mono<Envelope<Integer>> streams(@PathVariable String sessionId, TenantScope tenants) {
        return inScope(sessionId, tenants).map(known -> Envelope.of(known ? streams.countOf(sessionId) : 0));
    }
}
