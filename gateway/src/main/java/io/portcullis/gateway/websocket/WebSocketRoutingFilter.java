package io.portcullis.gateway.websocket;

import static org.springframework.cloud.gateway.support.ServerWebExchangeUtils.CLIENT_RESPONSE_HEADER_NAMES;
import static org.springframework.cloud.gateway.support.ServerWebExchangeUtils.GATEWAY_REQUEST_URL_ATTR;
import static org.springframework.cloud.gateway.support.ServerWebExchangeUtils.GATEWAY_ROUTE_ATTR;

import io.netty.channel.Channel;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.portcullis.gateway.stream.ClientChannel;
import io.portcullis.gateway.stream.OpenCall;
import io.portcullis.gateway.stream.OpenCalls;
import io.portcullis.gateway.upstream.ConnectionBudget;
import io.portcullis.gateway.upstream.ServiceAddress;
import io.portcullis.gateway.upstream.ServiceConnections;
import io.portcullis.gateway.upstream.ServiceTimeouts;
import java.net.URI;
import java.util.List;
import java.util.Map;
import org.springframework.cloud.gateway.filter.GatewayFilterChain;
import org.springframework.cloud.gateway.filter.GlobalFilter;
import org.springframework.cloud.gateway.filter.headers.HttpHeadersFilter;
import org.springframework.cloud.gateway.route.Route;
import org.springframework.cloud.gateway.support.ServerWebExchangeUtils;
import org.springframework.core.Ordered;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;

/**
 * Sends WebSocket handshakes to their services, in place of the filter of the gateway library, which accepts a WebSocket before it asks the
 * service (docs/adr/0036). As with any proxied request, the head of the response is put into the exchange, so that the filters of the route
 * can change it; {@link WebSocketResponseFilter} writes it.
 */
final class WebSocketRoutingFilter implements GlobalFilter, Ordered {
    /** Before the filters of the gateway library that route WebSockets and calls. */
    private static final int ORDER = Ordered.LOWEST_PRECEDENCE - 2;

    private final ServiceConnections connections;
    private final ServiceTimeouts timeouts;
    private final List<HttpHeadersFilter> headersFilters;

    WebSocketRoutingFilter(
            ServiceConnections connections, ServiceTimeouts timeouts, List<HttpHeadersFilter> headersFilters) {
        this.connections = connections;
        this.timeouts = timeouts;
        this.headersFilters = List.copyOf(headersFilters);
    }

    @Override
    public int getOrder() {
        return ORDER;
    }

    @Override
    public Mono<Void> filter(ServerWebExchange exchange, GatewayFilterChain chain) {
        URI service = exchange.getRequiredAttribute(GATEWAY_REQUEST_URL_ATTR);
        if (ServerWebExchangeUtils.isAlreadyRouted(exchange)
                || !HandshakeRequest.isWanted(exchange.getRequest(), service)) {
            return chain.filter(exchange);
        }
        ServerWebExchangeUtils.setAlreadyRouted(exchange);
        HandshakeRequest.check(exchange.getRequest());
        countAsStream(exchange, service);
        return shakeHands(exchange, service)
                .doOnNext(handshake -> {
                    WebSocketResponseFilter.put(exchange, handshake);
                    requireAlive(exchange);
                    putResponse(exchange, handshake);
                })
                .then(chain.filter(exchange));
    }

    /** A stream beyond the limit is answered with 429, and one of a session that has ended meanwhile with 401. */
    private static void countAsStream(ServerWebExchange exchange, URI service) {
        OpenCall call = OpenCall.of(exchange);
        if (call != null) {
            call.becomeStream(OpenCalls.serviceOf(service), ConnectionBudget.NONE);
        }
    }

    /** The session may have ended while the service was asked. */
    private static void requireAlive(ServerWebExchange exchange) {
        OpenCall call = OpenCall.of(exchange);
        if (call != null) {
            call.requireAlive();
        }
    }

    private Mono<ServiceHandshake> shakeHands(ServerWebExchange exchange, URI service) {
        Route route = exchange.getRequiredAttribute(GATEWAY_ROUTE_ATTR);
        Channel client = ClientChannel.required(exchange.getResponse());
        HttpHeaders headers = HttpHeadersFilter.filterRequest(headersFilters, exchange);
        HttpRequest request = HandshakeRequest.of(exchange, service, headers);
        Map<String, Object> metadata = route.getMetadata();
        var limits = new ServiceHandshake.Limits(timeouts.connectMillis(metadata), timeouts.response(metadata));
        return ServiceHandshake.with(connections, client.eventLoop(), ServiceAddress.of(service), request, limits);
    }

    private void putResponse(ServerWebExchange exchange, ServiceHandshake handshake) {
        HttpResponse head = handshake.response();
        ServerHttpResponse response = exchange.getResponse();
        response.setStatusCode(HttpStatusCode.valueOf(head.status().code()));
        var received = new HttpHeaders();
        head.headers().forEach(header -> received.add(header.getKey(), header.getValue()));
        HttpHeaders filtered =
                HttpHeadersFilter.filter(headersFilters, received, exchange, HttpHeadersFilter.Type.RESPONSE);
        exchange.getAttributes().put(CLIENT_RESPONSE_HEADER_NAMES, filtered.headerNames());
        response.getHeaders().addAll(filtered);
        if (handshake.isAccepted()) {
            response.getHeaders().set(HttpHeaders.UPGRADE, HttpHeaderValues.WEBSOCKET.toString());
            response.getHeaders().set(HttpHeaderNames.CONNECTION.toString(), HttpHeaderValues.UPGRADE.toString());
        }
    }
}
