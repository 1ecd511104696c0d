package io.portcullis.gateway.websocket;

import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.EmptyHttpHeaders;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpVersion;
import io.portcullis.core.error.ErrorCode;
import io.portcullis.core.error.PortcullisException;
import io.portcullis.gateway.origin.Origin;
import io.portcullis.gateway.upstream.ServiceAddress;
import java.net.URI;
import java.util.Arrays;
import org.springframework.cloud.gateway.support.ServerWebExchangeUtils;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.http.server.reactive.ServerHttpRequestDecorator;
import org.springframework.web.server.ServerWebExchange;
import reactor.netty.http.server.HttpServerRequest;

/** Recognises and checks WebSocket handshakes, and builds those that services receive (RFC 6455 section 4). */
final class HandshakeRequest {
    private static final String WEBSOCKET = "websocket";

    private HandshakeRequest() {}

    /** Returns whether the request is for a WebSocket: its route has the scheme of WebSocket, or it asks for the upgrade. */
    static boolean isWanted(ServerHttpRequest request, URI service) {
        String scheme = service.getScheme();
        return Origin.isWebSocket(scheme)
                || (("http".equalsIgnoreCase(scheme) || "https".equalsIgnoreCase(scheme))
                        && asksForUpgrade(request.getHeaders()));
    }

    private static boolean asksForUpgrade(HttpHeaders headers) {
        return WEBSOCKET.equalsIgnoreCase(headers.getUpgrade());
    }

    /**
     * Checks what the relay relies on. Everything else, such as the version of the protocol, is for the service to judge.
     *
     * @throws PortcullisException {@code BAD_REQUEST} with the part of the request that is wrong
     */
    static void check(ServerHttpRequest request) {
        HttpHeaders headers = request.getHeaders();
        if (!request.getMethod().equals(HttpMethod.GET)) {
            throw PortcullisException.of(ErrorCode.BAD_REQUEST, "method (expected for a WebSocket: GET)");
        }
        if (isVersion10(request)) {
            throw PortcullisException.of(ErrorCode.BAD_REQUEST, "version (expected for a WebSocket: HTTP/1.1)");
        }
        if (!asksForUpgrade(headers)) {
            throw PortcullisException.of(ErrorCode.BAD_REQUEST, "Upgrade (expected: websocket)");
        }
        if (headers.getConnection().stream()
                .flatMap(value -> Arrays.stream(value.split(",", -1)))
                .noneMatch(option -> "upgrade".equalsIgnoreCase(option.strip()))) {
            throw PortcullisException.of(ErrorCode.BAD_REQUEST, "Connection (expected for a WebSocket: Upgrade)");
        }
        if (headers.getContentLength() > 0 || headers.containsHeader(HttpHeaders.TRANSFER_ENCODING)) {
            throw PortcullisException.of(ErrorCode.BAD_REQUEST, "body (a WebSocket handshake has none)");
        }
    }

    /** RFC 9110 section 7.8: an upgrade in a request of HTTP/1.0 has no effect. */
    private static boolean isVersion10(ServerHttpRequest request) {
        HttpServerRequest received = ServerHttpRequestDecorator.getNativeRequest(request);
        return HttpVersion.HTTP_1_0.equals(received.version());
    }

    /**
     * Returns the request for the service.
     *
     * @param headers those of the client's request that the service may receive
     */
    static HttpRequest of(ServerWebExchange exchange, URI service, HttpHeaders headers) {
        var target = new DefaultHttpHeaders();
        headers.forEach(target::set);
        boolean preservesHost =
                exchange.getAttributeOrDefault(ServerWebExchangeUtils.PRESERVE_HOST_HEADER_ATTRIBUTE, false);
        String received = exchange.getRequest().getHeaders().getFirst(HttpHeaders.HOST);
        target.set(
                HttpHeaderNames.HOST,
                preservesHost && received != null
                        ? received
                        : ServiceAddress.of(service).hostField());
        target.remove(HttpHeaderNames.CONTENT_LENGTH);
        target.set(HttpHeaderNames.UPGRADE, HttpHeaderValues.WEBSOCKET);
        target.set(HttpHeaderNames.CONNECTION, HttpHeaderValues.UPGRADE);
        return new DefaultFullHttpRequest(
                HttpVersion.HTTP_1_1,
                io.netty.handler.codec.http.HttpMethod.GET,
                targetOf(service),
                Unpooled.EMPTY_BUFFER,
                target,
                EmptyHttpHeaders.INSTANCE);
    }

    private static String targetOf(URI service) {
        String path = service.getRawPath() == null || service.getRawPath().isEmpty() ? "/" : service.getRawPath();
        return service.getRawQuery() == null ? path : path + "?" + service.getRawQuery();
    }
}
