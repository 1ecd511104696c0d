package io.portcullis.testbed;

import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.QueryStringDecoder;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.OptionalInt;
import java.util.function.Predicate;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.netty.DisposableServer;
import reactor.netty.http.server.HttpServer;
import reactor.netty.http.server.HttpServerRequest;
import reactor.netty.http.server.HttpServerResponse;
import reactor.netty.http.server.HttpServerRoutes;
import reactor.netty.http.websocket.WebsocketInbound;
import reactor.netty.http.websocket.WebsocketOutbound;
import reactor.netty.resources.LoopResources;

/**
 * The upstream services behind the gateway in tests and in the quick start, on a loopback port:
 *
 * <ul>
 *   <li>{@code /api/echo/**}, {@code /public/echo/**}: returns the received request as JSON, see {@link Echo};
 *   <li>{@code /api/slow?ms=}: responds after that number of milliseconds, at most 60,000;
 *   <li>{@code /api/status/{code}}: responds with that status, from 100 to 599;
 *   <li>{@code /api/ticks}: sends a server-sent event every 100 ms, with consecutive ids from 1 on;
 *   <li>{@code /api/ws}: returns each WebSocket message;
 *   <li>{@code /api/ws/ticks}: sends a WebSocket message every 100 ms, with consecutive numbers from 1 on.
 * </ul>
 *
 * <p>Other paths are answered with 404, and values out of range with 400.
 */
public final class SampleServices implements AutoCloseable {
    private static final int MAX_DELAY_MILLIS = 60_000;
    private static final int MIN_STATUS = 100;
    private static final int MAX_STATUS = 599;
    private static final Duration TICK = Duration.ofMillis(100);
    private static final String STATUS_PATH = "/api/status/";

    private final LoopResources loops;
    private final DisposableServer server;

    private SampleServices(LoopResources loops, DisposableServer server) {
        this.loops = loops;
        this.server = server;
    }

    /** Starts the services on a free port. */
    public static SampleServices start() {
        return start(0);
    }

    /** Starts the services on the given port, or on a free one if it is 0. */
    public static SampleServices start(int port) {
        // Separate event loops, so that the services and a gateway in the same JVM do not influence each other.
        LoopResources loops = LoopResources.create("sample-services", 1, true);
        try {
            DisposableServer server = HttpServer.create()
                    .host(Ports.LOOPBACK)
                    .port(port)
                    .runOn(loops)
                    .route(SampleServices::route)
                    .bindNow();
            return new SampleServices(loops, server);
        } catch (RuntimeException e) {
            loops.dispose();
            throw new ServerStartException("cannot start the sample services on port " + port, e);
        }
    }

    private static void route(HttpServerRoutes routes) {
        routes.route(below("/api/echo").or(below("/public/echo")), SampleServices::echo)
                .route(at("/api/slow"), SampleServices::slow)
                .route(request -> path(request).startsWith(STATUS_PATH), SampleServices::status)
                .route(at("/api/ticks"), SampleServices::ticks)
                .ws("/api/ws", SampleServices::echoMessages)
                .ws("/api/ws/ticks", SampleServices::tickMessages);
    }

    private static Predicate<HttpServerRequest> at(String path) {
        return request -> path(request).equals(path);
    }

    private static Predicate<HttpServerRequest> below(String folder) {
        return at(folder).or(request -> path(request).startsWith(folder + "/"));
    }

    /** Returns the path without decoding it, so that tests see all changes that the gateway made. */
    private static String path(HttpServerRequest request) {
        return Echo.path(request.uri());
    }

    private static Publisher<Void> echo(HttpServerRequest request, HttpServerResponse response) {
        return request.receive()
                .aggregate()
                .asString(StandardCharsets.UTF_8)
                .defaultIfEmpty("")
                .flatMap(body -> json(response, Echo.of(request, body).toJson()));
    }

    private static Publisher<Void> slow(HttpServerRequest request, HttpServerResponse response) {
        List<String> values = new QueryStringDecoder(request.uri()).parameters().getOrDefault("ms", List.of());
        OptionalInt delay = values.size() == 1 ? number(values.get(0), 0, MAX_DELAY_MILLIS) : OptionalInt.empty();
        if (delay.isEmpty()) {
            return json(response.status(HttpResponseStatus.BAD_REQUEST), "{\"error\":\"ms: 0 to 60000\"}");
        }
        return Mono.delay(Duration.ofMillis(delay.getAsInt()))
                .then(Mono.defer(() -> json(response, "{\"ms\":%d}".formatted(delay.getAsInt()))));
    }

    private static Publisher<Void> status(HttpServerRequest request, HttpServerResponse response) {
        OptionalInt code = number(path(request).substring(STATUS_PATH.length()), MIN_STATUS, MAX_STATUS);
        if (code.isEmpty()) {
            return json(response.status(HttpResponseStatus.BAD_REQUEST), "{\"error\":\"code: 100 to 599\"}");
        }
        HttpResponseStatus status = HttpResponseStatus.valueOf(code.getAsInt());
        response.status(status);
        return hasBody(status) ? json(response, "{\"status\":%d}".formatted(status.code())) : response.send();
    }

    private static boolean hasBody(HttpResponseStatus status) {
        return status.code() >= HttpResponseStatus.OK.code()
                && !status.equals(HttpResponseStatus.NO_CONTENT)
                && !status.equals(HttpResponseStatus.RESET_CONTENT)
                && !status.equals(HttpResponseStatus.NOT_MODIFIED);
    }

    private static OptionalInt number(String text, int min, int max) {
        // At most five digits, so that the number fits into an int.
        if (!text.matches("[0-9]{1,5}")) {
            return OptionalInt.empty();
        }
        int number = Integer.parseInt(text);
        return number < min || number > max ? OptionalInt.empty() : OptionalInt.of(number);
    }

    private static Publisher<Void> ticks(HttpServerRequest request, HttpServerResponse response) {
        Flux<String> events = ticks().map(tick -> "id:%d\ndata:{\"tick\":%d}\n\n".formatted(tick, tick));
        return response.sse()
                .send(events.map(event -> response.alloc().buffer().writeBytes(bytes(event))), flushEach -> true);
    }

    private static Publisher<Void> tickMessages(WebsocketInbound inbound, WebsocketOutbound outbound) {
        Flux<TextWebSocketFrame> messages = ticks().map("{\"tick\":%d}"::formatted)
                .map(TextWebSocketFrame::new)
                // A connection that was lost ends the messages as a close frame does.
                .takeUntilOther(inbound.receiveCloseStatus().onErrorComplete(IOException.class));
        return outbound.sendObject(messages, flushEach -> true);
    }

    /** Emits the numbers from 1 on. For a slow client numbers are dropped; otherwise the overflow would end the stream. */
    private static Flux<Long> ticks() {
        return Flux.interval(TICK).onBackpressureDrop().map(tick -> tick + 1);
    }

    private static Publisher<Void> echoMessages(WebsocketInbound inbound, WebsocketOutbound outbound) {
        return outbound.sendObject(inbound.aggregateFrames().receiveFrames().map(WebSocketFrame::retain));
    }

    private static Mono<Void> json(HttpServerResponse response, String json) {
        byte[] content = bytes(json);
        return response.header("Content-Type", "application/json")
                .header("Content-Length", Integer.toString(content.length))
                .sendByteArray(Mono.just(content))
                .then();
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /** Returns the port that the services listen on. */
    public int port() {
        return server.port();
    }

    /** Returns the base URI without a trailing slash, such as {@code http://127.0.0.1:8081}. */
    public String uri() {
        return "http://" + Ports.LOOPBACK + ":" + port();
    }

    /** Closes the port and all connections, including those in use. */
    @Override
    public void close() {
        server.disposeNow(Duration.ofSeconds(5));
        loops.disposeLater(Duration.ZERO, Duration.ofSeconds(2)).block(Duration.ofSeconds(5));
    }
}
