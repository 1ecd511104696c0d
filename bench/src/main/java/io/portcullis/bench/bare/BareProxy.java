package io.portcullis.bench.bare;

import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.api.reactive.RedisReactiveCommands;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Mono;
import reactor.netty.http.client.HttpClient;
import reactor.netty.http.server.HttpServer;
import reactor.netty.http.server.HttpServerRequest;
import reactor.netty.http.server.HttpServerResponse;
import reactor.netty.resources.ConnectionProvider;

/**
 * A minimal proxy on reactor-netty. Arguments: {@code port upstream-port [redis-port]}. With a Redis port, the proxy looks up
 * the bearer token of each request in Redis and answers 401 if it is absent.
 */
public final class BareProxy {
    private static final String LOOPBACK = "127.0.0.1";
    private static final String SCHEME = "Bearer ";
    private static final int CONNECTIONS = 1_000;

    private final HttpClient client;
    private final String upstream;
    private final @Nullable RedisReactiveCommands<String, String> redis;

    private BareProxy(int upstreamPort, @Nullable RedisReactiveCommands<String, String> redis) {
        this.client = HttpClient.create(ConnectionProvider.builder("upstream")
                .maxConnections(CONNECTIONS)
                .pendingAcquireTimeout(Duration.ofSeconds(2))
                .maxIdleTime(Duration.ofSeconds(20))
                .build());
        this.upstream = "http://" + LOOPBACK + ":" + upstreamPort;
        this.redis = redis;
    }

    /** Runs the proxy until the process is killed. */
    public static void main(String[] args) {
        BareProxy proxy =
                new BareProxy(Integer.parseInt(args[1]), args.length > 2 ? connect(Integer.parseInt(args[2])) : null);
        HttpServer.create()
                .host(LOOPBACK)
                .port(Integer.parseInt(args[0]))
                .handle(proxy::handle)
                .bindNow()
                .onDispose()
                .block();
    }

    private static RedisReactiveCommands<String, String> connect(int port) {
        return RedisClient.create(RedisURI.create(LOOPBACK, port)).connect().reactive();
    }

    private Publisher<Void> handle(HttpServerRequest request, HttpServerResponse response) {
        return redis == null ? forward(request, response) : check(redis, request, response);
    }

    private Mono<Void> check(
            RedisReactiveCommands<String, String> commands, HttpServerRequest request, HttpServerResponse response) {
        String header = request.requestHeaders().get("Authorization");
        if (header == null || !header.startsWith(SCHEME)) {
            return response.status(401).send();
        }
        return commands.get("bench:token:" + header.substring(SCHEME.length()))
                .<Publisher<Void>>map(identity -> forward(request, response))
                .switchIfEmpty(Mono.fromSupplier(() -> response.status(401).send()))
                .flatMap(Mono::from);
    }

    private Mono<Void> forward(HttpServerRequest request, HttpServerResponse response) {
        var sender = client.headers(headers -> headers.set(request.requestHeaders()))
                .request(request.method())
                .uri(upstream + request.uri());
        boolean hasBody = request.requestHeaders().contains("Content-Length")
                || request.requestHeaders().contains("Transfer-Encoding");
        var receiver = hasBody ? sender.send(request.receive().retain()) : sender;
        return receiver.responseConnection((upstreamResponse, connection) -> response.status(upstreamResponse.status())
                        .headers(upstreamResponse.responseHeaders())
                        .send(connection.inbound().receive().retain()))
                .then();
    }
}
