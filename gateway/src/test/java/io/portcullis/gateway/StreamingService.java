package io.portcullis.gateway;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * A service whose responses do not end by themselves. Each sends a piece every 20 ms. {@code /s/chunked} and {@code /s/events} are chunked,
 * {@code /s/close} lasts until the connection ends, {@code /s/ws} is a WebSocket. {@code /s/ws-quiet} sends one message.
 * {@code /s/ws-empty} closes its WebSocket without a status, {@code /s/ws-cut} cuts the connection of its WebSocket, and
 * {@code /s/ws-status/{code}} closes it with that status. {@code /s/ws-deaf} reads nothing. {@code /s/late} sends events,
 * and {@code /s/ws-late} accepts its WebSocket, after {@link #begin}.
 */
final class StreamingService implements AutoCloseable {
    private static final String CHUNK = "7\r\nid: 1\n\n\r\n";
    /** An unmasked text frame with 4 bytes (RFC 6455 section 5.2). */
    private static final String FRAME = "\u0081\u0004tick";

    private static final int CLOSE_FRAME = 0x88;
    private static final int MASK_LENGTH = 4;
    private static final long PAUSE_MILLIS = 20;

    private final ScriptedService service = ScriptedService.start(this::answer);
    /**
     * What the service has seen at the end of each stream, by the path of its request: {@code end}, or the status and reason of a
     * close frame.
     */
    private final Map<String, CompletableFuture<String>> ends = new ConcurrentHashMap<>();
    /** The late streams that have been requested, and those that may begin. */
    private final Map<String, CompletableFuture<Void>> requested = new ConcurrentHashMap<>();

    private final Map<String, CompletableFuture<Void>> begun = new ConcurrentHashMap<>();

    String uri() {
        return service.uri();
    }

    /** Waits for the end of the stream as the service sees it. Its path, with a query, must be that of no other stream. */
    String awaitEnd(String path) throws Exception {
        return endOf(path).get(20, TimeUnit.SECONDS);
    }

    /** Waits until the late stream has been requested. */
    void awaitRequest(String path) throws Exception {
        requested.computeIfAbsent(path, any -> new CompletableFuture<>()).get(20, TimeUnit.SECONDS);
    }

    /** Lets the late stream begin. */
    void begin(String path) {
        begun.computeIfAbsent(path, any -> new CompletableFuture<>()).complete(null);
    }

    private void awaitBegin(String path) throws Exception {
        requested.computeIfAbsent(path, any -> new CompletableFuture<>()).complete(null);
        begun.computeIfAbsent(path, any -> new CompletableFuture<>()).get(60, TimeUnit.SECONDS);
    }

    private CompletableFuture<String> endOf(String path) {
        return ends.computeIfAbsent(path, any -> new CompletableFuture<>());
    }

    private void answer(ScriptedService.Request request, ScriptedService.Wire wire) throws Exception {
        switch (pathOf(request)) {
            case "/s/chunked" ->
                repeat(request, wire, head("application/octet-stream", "Transfer-Encoding: chunked"), CHUNK);
            case "/s/events" -> repeat(request, wire, head("text/event-stream", "Transfer-Encoding: chunked"), CHUNK);
            case "/s/late" -> {
                awaitBegin(request.path());
                repeat(request, wire, head("text/event-stream", "Transfer-Encoding: chunked"), CHUNK);
            }
            case "/s/ws-late" -> {
                awaitBegin(request.path());
                webSocket(request, wire);
            }
            case "/s/close" -> repeat(request, wire, head("text/plain", "Connection: close"), "tick");
            case "/s/short" ->
                wire.send(head("application/json", "Transfer-Encoding: chunked") + "2\r\n{}\r\n0\r\n\r\n");
            default -> webSocket(request, wire);
        }
    }

    private static String pathOf(ScriptedService.Request request) {
        return request.path().replaceFirst("\\?.*", "");
    }

    private static String head(String type, String header) {
        return "HTTP/1.1 200 OK\r\nContent-Type: %s\r\n%s\r\n\r\n".formatted(type, header);
    }

    private void repeat(ScriptedService.Request request, ScriptedService.Wire wire, String head, String piece)
            throws Exception {
        wire.send(head);
        try {
            while (true) {
                wire.send(piece);
                TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS);
            }
        } catch (IOException e) {
            endOf(request.path()).complete("end");
            throw e;
        }
    }

    private void webSocket(ScriptedService.Request request, ScriptedService.Wire wire) throws Exception {
        wire.send(
                "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: "
                        + ScriptedResponse.acceptOf(request.header("sec-websocket-key")) + "\r\n\r\n");
        switch (pathOf(request)) {
            case "/s/ws", "/s/ws-late" -> sendTicks(wire);
            case "/s/ws-deaf" -> {
                repeat(request, wire, "", FRAME);
                return;
            }
            // A later message could reset the connection before its close frame is read.
            case "/s/ws-quiet" -> wire.send(FRAME);
            case "/s/ws-empty" -> sendAfterMessage(wire, "\u0088\u0000");
            case "/s/ws-cut" -> sendAfterMessage(wire, "");
            default ->
                sendAfterMessage(
                        wire, closeFrame(Integer.parseInt(pathOf(request).replaceAll("\\D", ""))));
        }
        readToEnd(request, wire);
    }

    private static String closeFrame(int status) {
        return "\u0088\u0002" + (char) (status >> 8) + (char) (status & 0xff);
    }

    private static void sendAfterMessage(ScriptedService.Wire wire, String frame) throws IOException {
        wire.read();
        payload(wire);
        if (frame.isEmpty()) {
            wire.reset();
        } else {
            wire.send(frame);
        }
    }

    private static void sendTicks(ScriptedService.Wire wire) {
        Thread ticks = new Thread(
                () -> {
                    try {
                        while (true) {
                            wire.send(FRAME);
                            TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS);
                        }
                    } catch (IOException | InterruptedException e) {
                        return;
                    }
                },
                "ticks");
        ticks.setDaemon(true);
        ticks.start();
    }

    /** Reads masked frames of at most 125 bytes up to a close frame, and records it, or the end without one. */
    private void readToEnd(ScriptedService.Request request, ScriptedService.Wire wire) throws IOException {
        String end = "end";
        try {
            for (int first; (first = wire.read()) >= 0; ) {
                String payload = payload(wire);
                if (first == CLOSE_FRAME) {
                    end = closeOf(payload);
                    // The service closes the connection (RFC 6455 section 7.1.1).
                    wire.close();
                    return;
                }
            }
        } finally {
            endOf(request.path()).complete(end);
        }
    }

    private static String payload(ScriptedService.Wire wire) throws IOException {
        int length = wire.read() & 0x7f;
        int[] mask = new int[MASK_LENGTH];
        for (int i = 0; i < MASK_LENGTH; i++) {
            mask[i] = wire.read();
        }
        StringBuilder payload = new StringBuilder();
        for (int i = 0; i < length; i++) {
            payload.append((char) (wire.read() ^ mask[i % MASK_LENGTH]));
        }
        return payload.toString();
    }

    /** Returns the status and the reason of a close frame's payload, as {@code 1008 reason}. */
    static String closeOf(String payload) {
        return payload.length() < 2
                ? "no status"
                : (((payload.charAt(0) << 8) | payload.charAt(1)) + " " + payload.substring(2)).strip();
    }

    /** Returns the arguments for routes to this service, from the given index on. */
    List<String> routes(int index) {
        return Stream.of(
                        Map.entry("id", "streams"),
                        Map.entry("uri", uri()),
                        Map.entry("predicates[0]", "Path=/s/**"),
                        Map.entry("metadata.websocket", "true"))
                .map(it -> "--spring.cloud.gateway.server.webflux.routes[%d].%s=%s"
                        .formatted(index, it.getKey(), it.getValue()))
                .toList();
    }

    @Override
    public void close() throws IOException {
        service.close();
    }
}
