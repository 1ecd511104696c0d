package io.portcullis.gateway.fastpath;

import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * The head of a request, with the properties of the connection that it was received on.
 *
 * @param peer the address of the client or of the proxy before the gateway
 * @param scheme {@code http} or {@code https}
 */
record ClientHead(HttpRequest request, @Nullable InetSocketAddress peer, String scheme) {
    HttpMethod method() {
        return request.method();
    }

    HttpHeaders headers() {
        return request.headers();
    }
}
