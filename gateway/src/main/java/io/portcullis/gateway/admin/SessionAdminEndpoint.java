package io.portcullis.gateway.admin;

import io.portcullis.core.account.TenantScope;
import io.portcullis.core.error.ErrorCode;
import io.portcullis.core.error.PortcullisException;
import io.portcullis.core.login.LogoutService;
import io.portcullis.core.session.EndReason;
import io.portcullis.core.session.SessionFilter;
import io.portcullis.core.session.SessionRepository;
import io.portcullis.core.termination.Actor;
import io.portcullis.core.termination.EndResult;
import io.portcullis.core.termination.SessionTerminator;
import io.portcullis.core.token.store.Identity;
import io.portcullis.gateway.authentication.BearerToken;
import io.portcullis.gateway.authentication.BearerTokenResolver;
import io.portcullis.gateway.authentication.ClientInfoResolver;
import io.portcullis.gateway.endpoint.RequestFields;
import io.portcullis.gateway.endpoint.SessionBody;
import io.portcullis.gateway.problem.Envelope;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;

/** Lists live sessions and ends them by kick (docs/design.md section 7). */
@RestController
@RequestMapping(path = "/system", produces = MediaType.APPLICATION_JSON_VALUE)
final class SessionAdminEndpoint {
    private static final int MAX_REASON = 200;

    private final SessionRepository sessions;
    private final SessionTerminator terminator;
    private final LogoutService logout;
    private final BearerTokenResolver bearerTokens;
    private final ClientInfoResolver clients;
    private final Clock clock;

    SessionAdminEndpoint(
            @Administration SessionRepository sessions,
            SessionTerminator terminator,
            LogoutService logout,
            BearerTokenResolver bearerTokens,
            ClientInfoResolver clients,
            Clock clock) {
        this.sessions = sessions;
        this.terminator = terminator;
        this.logout = logout;
        this.bearerTokens = bearerTokens;
        this.clients = clients;
        this.clock = clock;
    }

    /** Answers with one page of live sessions that match every given filter. */
    @GetMapping("/session/page")
    Mono<Envelope<PageBody<SessionBody>>> page(
            @RequestParam(required = false) @Nullable String userId,
            @RequestParam(required = false) @Nullable String username,
            @RequestParam(required = false) @Nullable String ip,
            @RequestParam(required = false) @Nullable String device,
            @RequestParam(required = false) @Nullable String tenantId,
            @RequestParam(required = false) @Nullable String pageNo,
            @RequestParam(required = false) @Nullable String pageSize,
            @RequestParam(required = false) @Nullable String after,
            TenantScope tenants) {
        var filter = new SessionFilter(
                QueryParameters.tenant(tenantId, tenants),
                QueryParameters.userId(userId),
                QueryParameters.username(username),
                AddressParameter.of(ip),
                QueryParameters.device(device));
        PageQuery query = PageQuery.of(pageNo, pageSize, after, filter);
        return sessions.pageLive(filter, clock.instant(), query.request())
                .map(page -> query.answer(page.map(SessionBody::of)));
    }

    /**
     * Ends one session. Fails with {@code NOT_FOUND} if no session has the id.
     *
     * @param reason why, in the administrator's words, for the login log; the session's user is not told
     */
    @DeleteMapping("/session/{id}")
    Mono<Envelope<Boolean>> kick(
            @PathVariable String id,
            @RequestParam(required = false) @Nullable String reason,
            TenantScope tenants,
            Identity identity,
            ServerWebExchange exchange) {
        return terminator
                .kick(id, tenants, actorOf(identity, exchange, reason))
                .filter(result -> result != EndResult.NOT_FOUND)
                .switchIfEmpty(Mono.error(() -> PortcullisException.of(ErrorCode.NOT_FOUND)))
                .thenReturn(Envelope.of(true));
    }

    /** Answers with the live sessions of a user, the newest 200 at most. */
    @GetMapping("/user/{userId}/sessions")
    Mono<Envelope<List<SessionBody>>> sessionsOf(@PathVariable String userId, TenantScope tenants) {
        return sessions.listLiveByUser(userId, tenants, clock.instant()).map(SessionBody::listOf);
    }

    /**
     * Ends all sessions of a user and answers with their number. If the administrator ends their own sessions, the presented
     * token is revoked too, because MySQL may have lost its session in a restore from a backup.
     *
     * @param reason as for one session
     */
    @DeleteMapping("/user/{userId}/sessions")
    Mono<Envelope<Integer>> kickUser(
            @PathVariable String userId,
            @RequestParam(required = false) @Nullable String reason,
            TenantScope tenants,
            Identity identity,
            ServerWebExchange exchange) {
        Actor actor = actorOf(identity, exchange, reason);
        var presented = userId.equals(identity.userId())
                ? bearerTokens.find(exchange.getRequest())
                : Optional.<BearerToken>empty();
        return terminator
                .endAllOf(userId, tenants, EndReason.KICKED, actor)
                .delayUntil(count ->
                        Mono.justOrEmpty(presented).flatMap(token -> logout.logout(token.value(), actor.client())))
                .map(Envelope::of);
    }

    private Actor actorOf(Identity identity, ServerWebExchange exchange, @Nullable String reason) {
        String comment = RequestFields.optionalText("reason", reason, MAX_REASON);
        return clients.actorOf(identity, exchange).withComment(comment);
    }
}
