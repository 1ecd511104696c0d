package io.portcullis.bench.bare;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import reactor.core.publisher.Mono;
import reactor.netty.http.server.HttpServer;
import reactor.netty.http.server.HttpServerRequest;
import reactor.netty.http.server.HttpServerResponse;

/**
 * The upstream service of the subjects on a machine without nginx. Argument: {@code port}. The last segment of the path
 * determines the size of the response.
 */
public final class PlainService {
    private static final ByteBuf SMALL = body(60);
    private static final ByteBuf MEDIUM = body(10 << 10);
    private static final ByteBuf LARGE = body(1 << 20);

    private PlainService() {}

    /** Runs the service until the process is killed. */
    public static void main(String[] args) {
        HttpServer.create()
                .host("127.0.0.1")
                .port(Integer.parseInt(args[0]))
                .handle(PlainService::respond)
                .bindNow()
                .onDispose()
                .block();
    }

    private static Mono<Void> respond(HttpServerRequest request, HttpServerResponse response) {
        ByteBuf body = bodyFor(request.uri());
        response.header("Content-Type", "text/plain").header("Content-Length", Integer.toString(body.readableBytes()));
        return request.receive()
                .then()
                .then(Mono.defer(
                        () -> response.send(Mono.just(body.retainedDuplicate())).then()));
    }

    private static ByteBuf bodyFor(String uri) {
        if (uri.endsWith("/10k")) {
            return MEDIUM;
        }
        return uri.endsWith("/1m") ? LARGE : SMALL;
    }

    private static ByteBuf body(int length) {
        return Unpooled.unreleasableBuffer(Unpooled.copiedBuffer("x".repeat(length), StandardCharsets.US_ASCII));
    }
}
