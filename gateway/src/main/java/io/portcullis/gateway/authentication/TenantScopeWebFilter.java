package io.portcullis.gateway.authentication;

import io.portcullis.core.account.TenantRules;
import io.portcullis.core.account.TenantScope;
import io.portcullis.core.error.ErrorCode;
import io.portcullis.core.error.PortcullisException;
import io.portcullis.core.token.store.Identity;
import java.util.Arrays;
import java.util.function.Supplier;
import org.springframework.core.Ordered;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.reactive.result.method.annotation.RequestMappingHandlerMapping;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;
import reactor.core.publisher.Mono;

/**
 * Limits the administrators of one tenant (docs/adr/0041). Stores the {@link TenantScope} of the caller for the handler methods that declare
 * it as a parameter. A handler method of the administration that does not declare it concerns all tenants, and is {@code FORBIDDEN} for an
 * administrator of one: so a new endpoint is closed to them until it takes the scope.
 */
final class TenantScopeWebFilter implements WebFilter, Ordered {
    static final String ATTRIBUTE = TenantScope.class.getName();

    private final TenantRules rules;
    private final Supplier<RequestMappingHandlerMapping> handlers;

    /** @param handlers the mapping, which is not used before the first request */
    TenantScopeWebFilter(TenantRules rules, Supplier<RequestMappingHandlerMapping> handlers) {
        this.rules = rules;
        this.handlers = handlers;
    }

    /** Runs after the filters that admit administrators. */
    @Override
    public int getOrder() {
        return LocalAuthenticationWebFilter.ORDER + 1;
    }

    @Override
    public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
        Identity identity = exchange.getAttribute(CurrentIdentity.ATTRIBUTE);
        if (identity == null || !LocalAuthenticationWebFilter.isOfAdministration(exchange)) {
            return chain.filter(exchange);
        }
        TenantScope tenants = rules.scopeOf(identity.tenantId(), identity.roles());
        exchange.getAttributes().put(ATTRIBUTE, tenants);
        return tenants.restricted()
                ? requireScope(exchange).then(Mono.defer(() -> chain.filter(exchange)))
                : chain.filter(exchange);
    }

    /** Completes if the handler takes the scope, and if the handler mapping refuses the request, which it will do again. */
    private Mono<Void> requireScope(ServerWebExchange exchange) {
        return handlers.get()
                .getHandlerInternal(exchange)
                .map(TenantScopeWebFilter::takesScope)
                .switchIfEmpty(Mono.error(() -> PortcullisException.of(ErrorCode.NOT_FOUND)))
                .onErrorResume(error -> !(error instanceof PortcullisException), refused -> Mono.just(true))
                .filter(takesScope -> takesScope)
                .switchIfEmpty(Mono.error(() -> PortcullisException.of(
                        ErrorCode.FORBIDDEN, "this concerns all tenants (expected: an administrator of all tenants)")))
                .then();
    }

    private static boolean takesScope(HandlerMethod handler) {
        return Arrays.asList(handler.getMethod().getParameterTypes()).contains(TenantScope.class);
    }
}
