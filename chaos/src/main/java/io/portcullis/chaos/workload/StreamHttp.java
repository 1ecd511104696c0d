package io.portcullis.chaos.workload;

import io.portcullis.chaos.history.ObservedStream.Transport;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeUnit;

/** Sends the requests that open streams. */
final class StreamHttp {
    private static final Duration LIMIT = Duration.ofSeconds(12);

    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    /** Opens a stream. The result has status 200 if {@code stream} receives its events, and 0 if there was no response. */
    CallResult open(URI uri, Transport transport, Secret token, OpenStream stream) {
        return transport == Transport.WEBSOCKET ? openSocket(uri, token, stream) : openEvents(uri, token, stream);
    }

    private CallResult openEvents(URI uri, Secret token, OpenStream stream) {
        HttpRequest request = HttpRequest.newBuilder(uri)
                .timeout(LIMIT)
                .header("Authorization", "Bearer " + token.value())
                .build();
        long invokedAt = System.nanoTime();
        try {
            HttpResponse<Flow.Publisher<List<ByteBuffer>>> response = client.send(request, BodyHandlers.ofPublisher());
            long completedAt = System.nanoTime();
            if (response.statusCode() == 200) {
                response.body().subscribe(stream);
                return new CallResult(200, null, invokedAt, completedAt);
            }
            return new CallResult(
                    response.statusCode(), Http.parse(text(response.body())), invokedAt, System.nanoTime());
        } catch (IOException | CompletionException e) {
            return new CallResult(0, null, invokedAt, System.nanoTime());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return new CallResult(0, null, invokedAt, System.nanoTime());
        }
    }

    private static String text(Flow.Publisher<List<ByteBuffer>> body) {
        var text = HttpResponse.BodySubscribers.ofString(StandardCharsets.UTF_8);
        body.subscribe(text);
        return text.getBody()
                .toCompletableFuture()
                .orTimeout(LIMIT.toSeconds(), TimeUnit.SECONDS)
                .join();
    }

    /** Opens a WebSocket. A refusal counts as unanswered, because its error code cannot be read. */
    private CallResult openSocket(URI uri, Secret token, OpenStream stream) {
        long invokedAt = System.nanoTime();
        try {
            var unused = client.newWebSocketBuilder()
                    .connectTimeout(LIMIT)
                    .header("Authorization", "Bearer " + token.value())
                    .buildAsync(URI.create(uri.toString().replaceFirst("^http", "ws")), stream)
                    .orTimeout(LIMIT.toSeconds(), TimeUnit.SECONDS)
                    .join();
            return new CallResult(200, null, invokedAt, System.nanoTime());
        } catch (CompletionException e) {
            return new CallResult(0, null, invokedAt, System.nanoTime());
        }
    }
}
