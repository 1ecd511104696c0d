package io.portcullis.gateway;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelOption;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.portcullis.gateway.connection.BackpressuredBody;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.netty.DisposableServer;
import reactor.netty.NettyOutbound;
import reactor.netty.http.server.HttpServer;
import reactor.netty.http.server.HttpServerRequest;
import reactor.netty.http.server.HttpServerResponse;
import reactor.netty.http.websocket.WebsocketInbound;
import reactor.netty.http.websocket.WebsocketOutbound;
import reactor.netty.resources.LoopResources;

/**
 * A service for thousands of endless responses, on one event loop. The path of a request is {@code
 * /{route}/{kind}/{group}/{pace}}. The kinds are {@code ws}, {@code events} and {@code chunked}. With the pace {@code slow} the service
 * sends a short piece at once and then one each second, with {@code flood} as many as the gateway accepts.
 */
final class EndlessService implements AutoCloseable {
    private static final Duration PAUSE = Duration.ofSeconds(1);
    private static final String PIECE = "id: 1\n\n";
    /** Long, because the leak detection makes each buffer expensive. */
    private static final String FLOOD_PIECE = "data: " + "x".repeat(16_000) + "\n\n";

    private static final int SEND_BUFFER = 64 * 1024;

    private static final class Group {
        final Sinks.Empty<Void> end = Sinks.empty();
        final CountDownLatch open;

        Group(int streams) {
            open = new CountDownLatch(streams);
        }
    }

    private final LoopResources loops = LoopResources.create("endless-service", 1, true);
    private final Map<String, Group> groups = new ConcurrentHashMap<>();
    private final AtomicInteger open = new AtomicInteger();
    private final DisposableServer server;

    private EndlessService() {
        server = HttpServer.create()
                .host("127.0.0.1")
                .port(0)
                .runOn(loops)
                .childOption(ChannelOption.SO_SNDBUF, SEND_BUFFER)
                .route(routes -> routes.get("/{route}/{kind}/{group}/{pace}", this::respond))
                .bindNow();
    }

    static EndlessService start() {
        return new EndlessService();
    }

    String uri() {
        return "http://127.0.0.1:" + server.port();
    }

    /** Prepares for a group of streams; the service answers a request of an unknown group with 500. */
    void expect(String group, int streams) {
        groups.put(group, new Group(streams));
    }

    private Group group(String name) {
        return Objects.requireNonNull(groups.get(name), () -> "no group " + name);
    }

    /** Ends all streams of the group. */
    void end(String group) {
        group(group).end.tryEmitEmpty().orThrow();
    }

    /** Waits until all streams of the group have ended, however they ended, and forgets the group. */
    void awaitEnd(String group, Duration limit) throws InterruptedException {
        CountDownLatch ended = group(group).open;
        if (!ended.await(limit.toMillis(), TimeUnit.MILLISECONDS)) {
            throw new AssertionError(
                    "%d streams of group %s are open at the service".formatted(ended.getCount(), group));
        }
        groups.remove(group);
    }

    /** Returns the number of open streams. */
    int open() {
        return open.get();
    }

    private Publisher<Void> respond(HttpServerRequest request, HttpServerResponse response) {
        Group group = group(String.valueOf(request.param("group")));
        Flux<String> pieces = tracked(group, "flood".equals(request.param("pace")));
        Flux<ByteBuf> body = BackpressuredBody.of(pieces.map(EndlessService::bytes), channelOf(response));
        return switch (String.valueOf(request.param("kind"))) {
            case "ws" -> response.sendWebsocket((in, out) -> relay(in, out, pieces));
            case "events" -> response.sse().send(body, piece -> true);
            default -> response.send(body, piece -> true);
        };
    }

    private static Mono<Void> relay(WebsocketInbound in, WebsocketOutbound out, Flux<String> pieces) {
        Flux<TextWebSocketFrame> frames = BackpressuredBody.of(pieces.map(TextWebSocketFrame::new), channelOf(out));
        return Mono.firstWithSignal(
                out.sendObject(frames, frame -> true).then(), in.receive().then());
    }

    private static ByteBuf bytes(String piece) {
        return Unpooled.wrappedBuffer(piece.getBytes(ISO_8859_1));
    }

    private Flux<String> tracked(Group group, boolean flood) {
        return (flood ? flood() : ticks())
                .takeUntilOther(group.end.asMono())
                .doOnSubscribe(begun -> open.incrementAndGet())
                .doFinally(how -> {
                    open.decrementAndGet();
                    group.open.countDown();
                });
    }

    private static Flux<String> ticks() {
        return Flux.interval(Duration.ZERO, PAUSE).onBackpressureDrop().map(tick -> PIECE);
    }

    private static Flux<String> flood() {
        return Flux.generate(sink -> sink.next(FLOOD_PIECE));
    }

    @Override
    public void close() {
        server.disposeNow();
        loops.disposeLater().block();
    }

    private static Channel channelOf(NettyOutbound target) {
        Channel[] found = new Channel[1];
        target.withConnection(connection -> found[0] = connection.channel());
        return found[0];
    }
}
