package io.portcullis.gateway.admin;

import io.portcullis.core.client.ClientRepository;
import io.portcullis.core.login.ClientService;
import io.portcullis.core.token.store.Identity;
import io.portcullis.gateway.authentication.ClientInfoResolver;
import io.portcullis.gateway.problem.Envelope;
import java.time.Clock;
import org.jspecify.annotations.Nullable;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;

/**
 * Serves the administration of OAuth 2 clients (docs/oauth2.md). A secret is in the response that creates it and nowhere else.
 * {@link io.portcullis.gateway.authentication.LocalAuthenticationWebFilter} admits administrators only.
 */
@RestController
@RequestMapping(path = "/system/oauth2-client", produces = MediaType.APPLICATION_JSON_VALUE)
final class ClientAdminEndpoint {
    private final ClientService clients;
    private final ClientRepository repository;
    private final ClientInfoResolver origins;
    private final Clock clock;

    ClientAdminEndpoint(
            ClientService clients,
            @Administration ClientRepository repository,
            ClientInfoResolver origins,
            Clock clock) {
        this.clients = clients;
        this.repository = repository;
        this.origins = origins;
        this.clock = clock;
    }

    /** Creates a client and answers with it and its secret. Fails with {@code CONFLICT} if the id exists. */
    @PostMapping(consumes = MediaType.APPLICATION_JSON_VALUE)
    Mono<Envelope<ClientBody>> create(@RequestBody NewClientBody body, Identity identity, ServerWebExchange exchange) {
        return clients.create(body.toClient(clock.instant()), origins.actorOf(identity, exchange))
                .map(created -> Envelope.of(ClientBody.of(created)));
    }

    /** Replaces all values of a client but its type and secrets; see {@link ClientService#update} for the sessions that end. */
    @PutMapping(path = "/{id}", consumes = MediaType.APPLICATION_JSON_VALUE)
    Mono<Envelope<Boolean>> update(
            @PathVariable String id,
            @RequestBody ClientChangeBody body,
            Identity identity,
            ServerWebExchange exchange) {
        return clients.update(body.toClient(id), origins.actorOf(identity, exchange))
                .thenReturn(Envelope.of(true));
    }

    /** Adds a second secret and answers with it. Fails with {@code CONFLICT} if there are two. */
    @PostMapping("/{id}/secret")
    Mono<Envelope<ClientBody>> addSecret(@PathVariable String id, Identity identity, ServerWebExchange exchange) {
        return clients.addSecret(id, origins.actorOf(identity, exchange))
                .map(created -> Envelope.of(ClientBody.of(created)));
    }

    /** Removes the older of two secrets, and ends the sessions that the client opened for itself. */
    @DeleteMapping("/{id}/secret")
    Mono<Envelope<Boolean>> removeSecret(@PathVariable String id, Identity identity, ServerWebExchange exchange) {
        return clients.removePreviousSecret(id, origins.actorOf(identity, exchange))
                .thenReturn(Envelope.of(true));
    }

    /** Deletes a client and ends the sessions that it opened for itself. */
    @DeleteMapping("/{id}")
    Mono<Envelope<Boolean>> delete(@PathVariable String id, Identity identity, ServerWebExchange exchange) {
        return clients.delete(id, origins.actorOf(identity, exchange)).thenReturn(Envelope.of(true));
    }

    /** Answers with one page of the clients that administrators made. */
    @GetMapping("/page")
    Mono<Envelope<PageBody<ClientBody>>> page(
            @RequestParam(required = false) @Nullable String pageNo,
            @RequestParam(required = false) @Nullable String pageSize,
            @RequestParam(required = false) @Nullable String after) {
        PageQuery query = PageQuery.of(pageNo, pageSize, after, new NoFilter());
        return repository.page(query.request()).map(page -> query.answer(page.map(ClientBody::of)));
    }

    private record NoFilter() {}
}
