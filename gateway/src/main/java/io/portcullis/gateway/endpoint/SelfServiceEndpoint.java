package io.portcullis.gateway.endpoint;

import io.portcullis.core.account.TenantScope;
import io.portcullis.core.error.ErrorCode;
import io.portcullis.core.error.PortcullisException;
import io.portcullis.core.login.AccountService;
import io.portcullis.core.login.LogoutService;
import io.portcullis.core.session.EndReason;
import io.portcullis.core.session.Session;
import io.portcullis.core.session.SessionRepository;
import io.portcullis.core.termination.Actor;
import io.portcullis.core.termination.EndResult;
import io.portcullis.core.termination.SessionTerminator;
import io.portcullis.core.token.store.Identity;
import io.portcullis.gateway.authentication.BearerTokenResolver;
import io.portcullis.gateway.authentication.ClientInfoResolver;
import io.portcullis.gateway.cookie.GatewayCookies;
import io.portcullis.gateway.cookie.TokenCookies;
import io.portcullis.gateway.problem.Envelope;
import java.time.Clock;
import java.util.List;
import java.util.stream.Stream;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Lets users list and end their own sessions and change their own password (docs/design.md section 7). */
@RestController
@RequestMapping(path = "/system/auth", produces = MediaType.APPLICATION_JSON_VALUE)
final class SelfServiceEndpoint {
    private final SessionRepository sessions;
    private final SessionTerminator terminator;
    private final LogoutService logout;
    private final BearerTokenResolver bearerTokens;
    private final AccountService accounts;
    private final TokenCookies cookies;
    private final ClientInfoResolver clients;
    private final Clock clock;

    SelfServiceEndpoint(
            SessionRepository sessions,
            SessionTerminator terminator,
            LogoutService logout,
            BearerTokenResolver bearerTokens,
            AccountService accounts,
            TokenCookies cookies,
            ClientInfoResolver clients,
            Clock clock) {
        this.sessions = sessions;
        this.terminator = terminator;
        this.logout = logout;
        this.bearerTokens = bearerTokens;
        this.accounts = accounts;
        this.cookies = cookies;
        this.clients = clients;
        this.clock = clock;
    }

    /** Answers with the caller's identity. */
    @GetMapping("/me")
    Envelope<IdentityBody> me(Identity identity) {
        return Envelope.of(IdentityBody.of(identity));
    }

    /** Answers with the caller's live sessions, the newest 200 at most. */
    @GetMapping("/sessions")
    Mono<Envelope<List<SessionBody>>> sessions(Identity identity) {
        return sessions.listLiveByUser(identity.userId(), TenantScope.ALL, clock.instant())
                .map(SessionBody::listOf);
    }

    /** Ends one of the caller's sessions. Fails with {@code NOT_FOUND} for an unknown id and for another user's session alike. */
    @DeleteMapping("/sessions/{id}")
    Mono<Envelope<Boolean>> end(@PathVariable String id, Identity identity, ServerWebExchange exchange) {
        return sessions.findById(id)
                .filter(session -> belongsTo(session, identity))
                .flatMap(session -> terminator.end(session.id(), EndReason.LOGOUT, clients.actorOf(identity, exchange)))
                .filter(result -> result != EndResult.NOT_FOUND)
                .switchIfEmpty(Mono.error(() -> PortcullisException.of(ErrorCode.NOT_FOUND)))
                .thenReturn(Envelope.of(true));
    }

    /**
     * Ends all sessions of the caller, and clears the cookies. The presented token is revoked too, because MySQL may have lost
     * its session in a restore from a backup.
     */
    @PostMapping("/logout-all")
    Mono<Envelope<Boolean>> logoutAll(Identity identity, ServerWebExchange exchange) {
        Actor actor = clients.actorOf(identity, exchange);
        return terminator
                .endAllOf(identity.userId(), TenantScope.ALL, EndReason.LOGOUT, actor)
                .thenMany(Flux.fromStream(presented(exchange)))
                .concatMap(token -> logout.logout(token, actor.client()))
                .then(Mono.fromRunnable(() -> cookies.clear(exchange.getResponse())))
                .thenReturn(Envelope.of(true));
    }

    /**
     * Changes the caller's password and ends the caller's other sessions. Fails with {@code WRONG_CURRENT_PASSWORD} on a
     * mismatch.
     */
    @PutMapping(path = "/password", consumes = MediaType.APPLICATION_JSON_VALUE)
    Mono<Envelope<Boolean>> changePassword(
            @RequestBody PasswordBody body, Identity identity, ServerWebExchange exchange) {
        return accounts.changePassword(
                        identity, body.currentPassword(), body.newPassword(), clients.actorOf(identity, exchange))
                .thenReturn(Envelope.of(true));
    }

    private Stream<String> presented(ServerWebExchange exchange) {
        return bearerTokens
                .find(exchange.getRequest())
                .map(token -> Stream.of(token.value()))
                .orElseGet(() ->
                        GatewayCookies.accessTokens(
                                exchange.getRequest().getHeaders().getOrEmpty(HttpHeaders.COOKIE))
                                .stream());
    }

    private static boolean belongsTo(Session session, Identity identity) {
        return session.userId().equals(identity.userId());
    }
}
