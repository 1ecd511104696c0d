package io.portcullis.gateway.loginservice;

import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.server.reactive.ServerHttpResponseDecorator;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** The response of a login service, which is replaced if it has status 2xx or 3xx and the header {@code X-Portcullis-Login}. */
final class LoginServiceResponse extends ServerHttpResponseDecorator {
    private final ServerWebExchange exchange;
    private final String route;
    private final @Nullable Duration bodyTimeout;
    private final LoginServiceResponder responder;

    /**
     * @param exchange as it was received, with the gateway's cookies
     * @param bodyTimeout how long the body of a response that opens a session may take; null for no limit
     */
    LoginServiceResponse(
            ServerWebExchange exchange, String route, @Nullable Duration bodyTimeout, LoginServiceResponder responder) {
        super(exchange.getResponse());
        this.exchange = exchange;
        this.route = route;
        this.bodyTimeout = bodyTimeout;
        this.responder = responder;
    }

    @Override
    public Mono<Void> writeWith(Publisher<? extends DataBuffer> body) {
        return opensSession() ? responder.respond(exchange, route, bodyTimeout, body) : super.writeWith(body);
    }

    @Override
    public Mono<Void> writeAndFlushWith(Publisher<? extends Publisher<? extends DataBuffer>> body) {
        return opensSession()
                ? responder.respond(
                        exchange, route, bodyTimeout, Flux.from(body).concatMap(part -> part))
                : super.writeAndFlushWith(body);
    }

    private boolean opensSession() {
        HttpStatusCode status = getStatusCode();
        return status != null
                && (status.is2xxSuccessful() || status.is3xxRedirection())
                && !LoginHeaderFilter.valuesOf(exchange).isEmpty();
    }
}
