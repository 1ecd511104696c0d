package io.portcullis.gateway.fastpath;

import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.http.server.reactive.HttpHandler;
import org.springframework.http.server.reactive.ReactorHttpHandlerAdapter;
import reactor.core.publisher.Mono;
import reactor.netty.http.server.HttpServerRequest;
import reactor.netty.http.server.HttpServerResponse;

/**
 * The same handler that Spring Boot's server calls. It is resolved when all beans exist, before the server accepts requests: its
 * filters depend on beans that depend on the fast path, and resolving a bean takes a lock, which no event loop may wait for.
 */
final class SpringFilterChain implements FastPath.FilterChainHandler, SmartInitializingSingleton {
    private final ObjectProvider<HttpHandler> handler;
    private volatile @Nullable ReactorHttpHandlerAdapter adapter;

    SpringFilterChain(ObjectProvider<HttpHandler> handler) {
        this.handler = handler;
    }

    @Override
    public void afterSingletonsInstantiated() {
        adapter = new ReactorHttpHandlerAdapter(handler.getObject());
    }

    @Override
    public Mono<Void> handle(HttpServerRequest request, HttpServerResponse response) {
        return Objects.requireNonNull(adapter, "adapter").apply(request, response);
    }
}
