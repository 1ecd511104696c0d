package io.portcullis.gateway.admin;

import io.portcullis.core.account.AccountRepository;
import io.portcullis.core.account.TenantScope;
import io.portcullis.core.login.AccountService;
import io.portcullis.core.token.store.Identity;
import io.portcullis.gateway.authentication.ClientInfoResolver;
import io.portcullis.gateway.problem.Envelope;
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
 * Serves account administration (docs/design.md section 6).
 * {@link io.portcullis.gateway.authentication.LocalAuthenticationWebFilter} admits administrators only.
 */
@RestController
@RequestMapping(path = "/system/account", produces = MediaType.APPLICATION_JSON_VALUE)
final class AccountAdminEndpoint {
    private final AccountService accounts;
    private final AccountRepository repository;
    private final ClientInfoResolver clients;

    AccountAdminEndpoint(
            AccountService accounts, @Administration AccountRepository repository, ClientInfoResolver clients) {
        this.accounts = accounts;
        this.repository = repository;
        this.clients = clients;
    }

    /** Creates an account and answers with it. Fails with {@code USERNAME_TAKEN} if the name exists. */
    @PostMapping(consumes = MediaType.APPLICATION_JSON_VALUE)
    Mono<Envelope<AccountBody>> create(
            @RequestBody NewAccountBody body, TenantScope tenants, Identity identity, ServerWebExchange exchange) {
        return accounts.create(body.toNewAccount(), tenants, clients.actorOf(identity, exchange))
                .map(account -> Envelope.of(AccountBody.of(account)));
    }

    /**
     * Enables or disables an account. Disabling it ends its sessions, and fails with {@code CONFLICT} for the last active administrator.
     */
    @PutMapping(path = "/{id}/status", consumes = MediaType.APPLICATION_JSON_VALUE)
    Mono<Envelope<Boolean>> setStatus(
            @PathVariable String id,
            @RequestBody StatusBody body,
            TenantScope tenants,
            Identity identity,
            ServerWebExchange exchange) {
        return accounts.setStatus(id, body.toStatus(), tenants, clients.actorOf(identity, exchange))
                .thenReturn(Envelope.of(true));
    }

    /** Sets the roles of an account. A change ends its sessions. Fails with {@code CONFLICT} for the last active administrator. */
    @PutMapping(path = "/{id}/roles", consumes = MediaType.APPLICATION_JSON_VALUE)
    Mono<Envelope<Boolean>> setRoles(
            @PathVariable String id,
            @RequestBody RolesBody body,
            TenantScope tenants,
            Identity identity,
            ServerWebExchange exchange) {
        return accounts.setRoles(id, body.toRoles(), tenants, clients.actorOf(identity, exchange))
                .thenReturn(Envelope.of(true));
    }

    /** Deletes an account and ends its sessions. Fails with {@code CONFLICT} for the last active administrator. */
    @DeleteMapping("/{id}")
    Mono<Envelope<Boolean>> delete(
            @PathVariable String id, TenantScope tenants, Identity identity, ServerWebExchange exchange) {
        return accounts.delete(id, tenants, clients.actorOf(identity, exchange)).thenReturn(Envelope.of(true));
    }

    /** Sets a new password for an account and ends its sessions. */
    @PutMapping(path = "/{id}/password", consumes = MediaType.APPLICATION_JSON_VALUE)
    Mono<Envelope<Boolean>> resetPassword(
            @PathVariable String id,
            @RequestBody NewPasswordBody body,
            TenantScope tenants,
            Identity identity,
            ServerWebExchange exchange) {
        return accounts.resetPassword(id, body.value(), tenants, clients.actorOf(identity, exchange))
                .thenReturn(Envelope.of(true));
    }

    /** Answers with one page of accounts, filtered by username if one is given. */
    @GetMapping("/page")
    Mono<Envelope<PageBody<AccountBody>>> page(
            @RequestParam(required = false) @Nullable String username,
            @RequestParam(required = false) @Nullable String tenantId,
            @RequestParam(required = false) @Nullable String pageNo,
            @RequestParam(required = false) @Nullable String pageSize,
            @RequestParam(required = false) @Nullable String after,
            TenantScope tenants) {
        var filter = new AccountFilter(QueryParameters.tenant(tenantId, tenants), QueryParameters.username(username));
        PageQuery query = PageQuery.of(pageNo, pageSize, after, filter);
        return repository
                .page(filter.tenants(), filter.username(), query.request())
                .map(page -> query.answer(page.map(AccountBody::of)));
    }

    private record AccountFilter(
            TenantScope tenants, @Nullable String username) {}
}
