package io.portcullis.gateway.authentication;

import io.portcullis.core.account.TenantScope;
import io.portcullis.core.error.ErrorCode;
import io.portcullis.core.error.PortcullisException;
import org.springframework.core.MethodParameter;
import org.springframework.web.reactive.BindingContext;
import org.springframework.web.reactive.result.method.HandlerMethodArgumentResolver;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;

/**
 * Passes the {@link TenantScope} that {@link TenantScopeWebFilter} stored to the handler methods that declare it as a parameter. Emits
 * {@code FORBIDDEN} if the caller is no administrator.
 */
final class TenantScopeArgumentResolver implements HandlerMethodArgumentResolver {
    @Override
    public boolean supportsParameter(MethodParameter parameter) {
        return parameter.getParameterType().equals(TenantScope.class);
    }

    @Override
    public Mono<Object> resolveArgument(MethodParameter parameter, BindingContext context, ServerWebExchange exchange) {
        Object tenants = exchange.getAttribute(TenantScopeWebFilter.ATTRIBUTE);
        return tenants == null ? Mono.error(PortcullisException.of(ErrorCode.FORBIDDEN)) : Mono.just(tenants);
    }
}
