package io.portcullis.clients;

import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http.QueryStringDecoder;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.netty.DisposableServer;
import reactor.netty.http.server.HttpServer;
import reactor.netty.http.server.HttpServerRequest;
import reactor.netty.http.server.HttpServerResponse;
import reactor.netty.http.websocket.WebsocketInbound;
import reactor.netty.http.websocket.WebsocketOutbound;
import reactor.netty.resources.LoopResources;

/**
 * The service behind the gateway in the tests with browsers. It records each request below {@code /api}:
 *
 * <ul>
 *   <li>{@code /pages/app}: the page that the tests work with; {@code /pages/basic} asks for a password;
 *   <li>{@code /pages/client/}: the scripts of the client package;
 *   <li>{@code /api/upload}: answers with the length and the digest of the body. With the query parameter {@code hold} it stops
 *       reading after the first piece, until the test releases the upload ({@link #uploadOf});
 *   <li>{@code /api/form}: the same for the file in a form;
 *   <li>{@code /api/events}: an event stream that does not end; {@code /api/ws}: returns each WebSocket message;
 *   <li>{@code /api/head}: answers with the response headers that the query names, and the received {@code Cookie} as the body;
 *   <li>other paths below {@code /api}: answers with the path.
 * </ul>
 */
final class BrowserService implements AutoCloseable {
    private static final Duration TICK = Duration.ofMillis(50);
    private static final String CLIENT = "/pages/client/";
    private static final String BLANK_LINE = "\r\n\r\n";
    private static final String BOUNDARY_START = "\r\n--";

    /** An upload that stops after its first piece. Complete {@code released} to let it go on. */
    record Upload(CompletableFuture<Void> begun, CompletableFuture<Void> released) {}

    private final LoopResources loops = LoopResources.create("browser-service", 1, true);
    private final Queue<String> seen = new ConcurrentLinkedQueue<>();
    private final Map<String, Upload> uploads = new ConcurrentHashMap<>();
    private final DisposableServer server = HttpServer.create()
            .host("127.0.0.1")
            .port(0)
            .runOn(loops)
            .handle(this::handle)
            .bindNow();

    /** Returns the base URI without a trailing slash, such as {@code http://127.0.0.1:8081}. */
    String uri() {
        return "http://127.0.0.1:" + port();
    }

    int port() {
        return server.port();
    }

    /** Returns the requests below {@code /api} whose target contains a text, each as its method and its target. */
    List<String> seen(String part) {
        return seen.stream().filter(request -> request.contains(part)).toList();
    }

    Upload uploadOf(String hold) {
        return uploads.computeIfAbsent(hold, any -> new Upload(new CompletableFuture<>(), new CompletableFuture<>()));
    }

    private Mono<Void> handle(HttpServerRequest request, HttpServerResponse response) {
        String path = new QueryStringDecoder(request.uri()).path();
        if (path.startsWith("/api/")) {
            seen.add(request.method().name() + " " + request.uri());
        }
        return switch (path) {
            case "/pages/app" -> page(response, "app.html", "text/html");
            case "/pages/app.js" -> page(response, "app.js", "text/javascript");
            case "/pages/basic" -> basic(request, response);
            case "/api/upload" -> upload(request, response);
            case "/api/form" -> form(request, response);
            case "/api/events" -> events(response);
            case "/api/ws" -> response.sendWebsocket(BrowserService::echo);
            case "/api/head" -> head(request, response);
            default ->
                path.startsWith(CLIENT)
                        ? script(response, Path.of("javascript/src", path.substring(CLIENT.length())))
                        : request.receive().then(text(response, path));
        };
    }

    private static Mono<Void> page(HttpServerResponse response, String name, String type) {
        try (InputStream resource =
                Objects.requireNonNull(BrowserService.class.getResourceAsStream("/browser/" + name))) {
            return response.header("Content-Type", type + ";charset=utf-8")
                    .sendByteArray(Mono.just(resource.readAllBytes()))
                    .then();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Sends a file of the client package. */
    private static Mono<Void> script(HttpServerResponse response, Path file) {
        return response.header("Content-Type", "text/javascript").sendFile(file).then();
    }

    private static Mono<Void> basic(HttpServerRequest request, HttpServerResponse response) {
        return request.requestHeaders().contains("Authorization")
                ? text(response, "welcome")
                : text(response.status(401).header("WWW-Authenticate", "Basic realm=\"test\""), "refused");
    }

    private Mono<Void> upload(HttpServerRequest request, HttpServerResponse response) {
        List<String> hold = new QueryStringDecoder(request.uri()).parameters().getOrDefault("hold", List.of());
        MessageDigest digest = sha256();
        AtomicLong length = new AtomicLong();
        // A prefetch of one keeps the service from reading more than a piece while the upload is held.
        return request.receive()
                .doOnNext(piece -> length.addAndGet(update(digest, piece)))
                .map(ByteBuf::readableBytes)
                .concatMap(piece -> hold.isEmpty() ? Mono.empty() : held(hold.get(0)), 1)
                .then(Mono.defer(() -> text(response, length + " " + hex(digest))));
    }

    private static int update(MessageDigest digest, ByteBuf piece) {
        digest.update(piece.nioBuffer());
        return piece.readableBytes();
    }

    private Mono<Void> held(String hold) {
        Upload upload = uploadOf(hold);
        upload.begun().complete(null);
        return Mono.fromFuture(upload.released(), true);
    }

    /** Answers a form with one field, which is a file. */
    private static Mono<Void> form(HttpServerRequest request, HttpServerResponse response) {
        return request.receive()
                .aggregate()
                .asString(StandardCharsets.ISO_8859_1)
                .flatMap(body -> {
                    int start = body.indexOf(BLANK_LINE) + BLANK_LINE.length();
                    byte[] file = body.substring(start, body.lastIndexOf(BOUNDARY_START))
                            .getBytes(StandardCharsets.ISO_8859_1);
                    MessageDigest digest = sha256();
                    digest.update(file);
                    return text(response, file.length + " " + hex(digest));
                });
    }

    private static Mono<Void> events(HttpServerResponse response) {
        Flux<ByteBuf> ticks = Flux.interval(Duration.ZERO, TICK)
                .onBackpressureDrop()
                .map(tick -> response.alloc()
                        .buffer()
                        .writeBytes("retry:3000\ndata:%d\n\n".formatted(tick).getBytes(StandardCharsets.UTF_8)));
        return response.sse().send(ticks, flushEach -> true).then();
    }

    private static Publisher<Void> echo(WebsocketInbound inbound, WebsocketOutbound outbound) {
        return outbound.sendObject(inbound.aggregateFrames().receiveFrames().map(WebSocketFrame::retain));
    }

    private static Mono<Void> head(HttpServerRequest request, HttpServerResponse response) {
        new QueryStringDecoder(request.uri())
                .parameters()
                .forEach((name, values) -> values.forEach(value -> response.addHeader(name, value)));
        return text(response, request.requestHeaders().get("Cookie", "no cookie"));
    }

    private static Mono<Void> text(HttpServerResponse response, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        return response.header("Content-Type", "text/plain")
                .header("Content-Length", Integer.toString(bytes.length))
                .sendByteArray(Mono.just(bytes))
                .then();
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String hex(MessageDigest digest) {
        return HexFormat.of().formatHex(digest.digest());
    }

    @Override
    public void close() {
        server.disposeNow(Duration.ofSeconds(5));
        loops.disposeLater(Duration.ZERO, Duration.ofSeconds(2)).block(Duration.ofSeconds(5));
    }
}
