package io.portcullis.gateway.problem;

import static org.springframework.cloud.gateway.support.ServerWebExchangeUtils.GATEWAY_ROUTE_ATTR;

import org.springframework.boot.webflux.error.ErrorWebExceptionHandler;
import org.springframework.core.Ordered;
import org.springframework.http.HttpHeaders;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.http.server.reactive.observation.ServerRequestObservationContext;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;

/** Answers every failure of the filter chain and of the endpoints with {@link ProblemResponses} (docs/design.md section 7). */
final class ProblemExceptionHandler implements ErrorWebExceptionHandler, Ordered {
    /** Precedes Spring Boot's handler at -1, which would answer routing errors in its own format. */
    private static final int ORDER = -2;
    /** The unregistered status that nginx records for a client that disconnects before its response. */
    private static final int CLIENT_CLOSED_REQUEST = 499;

    private final ProblemResponses responses;

    ProblemExceptionHandler(ProblemResponses responses) {
        this.responses = responses;
    }

    @Override
    public int getOrder() {
        return ORDER;
    }

    /** Sends the error response. Emits an error if the response is committed, so that the server closes the connection. */
    @Override
    public Mono<Void> handle(ServerWebExchange exchange, Throwable failure) {
        ServerHttpResponse response = exchange.getResponse();
        ProblemResponses.Request request = request(exchange);
        if (responses.isDisconnect(failure, request)) {
            return leave(exchange);
        }
        if (response.isCommitted()) {
            return Mono.error(() -> responses.truncate(failure, request));
        }
        ProblemResponses.Response answer = ProblemResponses.isOAuth2(exchange)
                ? responses.oauth2ResponseTo(failure, request)
                : responses.responseTo(failure, request);
        return answer.replace(response);
    }

    /** Ends the exchange of a client that has disconnected. The status is for the metrics, since nothing can be sent. */
    private static Mono<Void> leave(ServerWebExchange exchange) {
        ServerRequestObservationContext.findCurrent(exchange.getAttributes())
                .ifPresent(observation -> observation.setConnectionAborted(true));
        exchange.getResponse().setRawStatusCode(CLIENT_CLOSED_REQUEST);
        return Mono.empty();
    }

    private static ProblemResponses.Request request(ServerWebExchange exchange) {
        var request = exchange.getRequest();
        return new ProblemResponses.Request(
                request.getMethod().name(),
                request.getPath().value(),
                exchange.getAttribute(GATEWAY_ROUTE_ATTR) != null,
                request.getHeaders().getOrEmpty(HttpHeaders.ACCEPT_LANGUAGE));
    }
}
