package io.portcullis.gateway.authentication;

import io.portcullis.core.error.ErrorCode;
import io.portcullis.core.error.PortcullisException;
import io.portcullis.core.token.store.Identity;
import org.springframework.core.MethodParameter;
import org.springframework.web.reactive.BindingContext;
import org.springframework.web.reactive.result.method.HandlerMethodArgumentResolver;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;

/**
 * Passes the {@link Identity} that {@link LocalAuthenticationWebFilter} stored to the handler methods that declare it as a
 * parameter. Emits {@code UNAUTHENTICATED} if there is none.
 */
final class IdentityArgumentResolver implements HandlerMethodArgumentResolver {
    @Override
    public boolean supportsParameter(MethodParameter parameter) {
        return parameter.getParameterType().equals(Identity.class);
    }

    @Override
    public Mono<Object> resolveArgument(MethodParameter parameter, BindingContext context, ServerWebExchange exchange) {
        Object identity = exchange.getAttribute(CurrentIdentity.ATTRIBUTE);
        return identity == null ? Mono.error(PortcullisException.of(ErrorCode.UNAUTHENTICATED)) : Mono.just(identity);
    }
}
