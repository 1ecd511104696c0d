package io.portcullis.gateway.event;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelOption;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.portcullis.core.error.RootCause;
import io.portcullis.core.event.DeliveryResult;
import io.portcullis.core.event.SessionEvent;
import io.portcullis.core.event.SessionEventReceiver;
import java.io.ByteArrayOutputStream;
import java.time.Duration;
import java.util.concurrent.TimeoutException;
import reactor.core.publisher.Mono;
import reactor.netty.ByteBufFlux;
import reactor.netty.Connection;
import reactor.netty.http.client.HttpClient;
import reactor.netty.http.client.HttpClientResponse;
import reactor.netty.resources.ConnectionProvider;
import reactor.netty.resources.LoopResources;

/**
 * Sends each event as an HTTP POST (docs/events.md). The client and its connections serve nothing else. A redirect is not followed: it
 * is a failure. A body of a response beyond a limit closes the connection.
 */
final class WebhookReceiver implements SessionEventReceiver, AutoCloseable {
    private static final int MAX_RESPONSE_BODY = 16 * 1024;
    private static final Duration MAX_IDLE = Duration.ofSeconds(20);
    private static final DeliveryResult DELIVERED = new DeliveryResult.Delivered();

    private final ConnectionProvider connections;
    private final HttpClient client;
    private final String url;
    private final Duration timeout;
    private final EventFormat format;

    WebhookReceiver(WebhookProperties properties, LoopResources loops, EventFormat format) {
        this.connections = ConnectionProvider.builder("session-events")
                .maxConnections(properties.concurrency())
                .pendingAcquireMaxCount(properties.concurrency())
                .pendingAcquireTimeout(properties.timeout())
                .maxIdleTime(MAX_IDLE)
                .build();
        this.client = HttpClient.create(connections)
                .runOn(loops)
                .followRedirect(false)
                .option(
                        ChannelOption.CONNECT_TIMEOUT_MILLIS,
                        Math.toIntExact(properties.connectTimeout().toMillis()))
                .doOnResponse(WebhookReceiver::closeUnlessAccepted)
                .headers(headers -> addFixedHeaders(headers, properties));
        this.url = properties.target().toASCIIString();
        this.timeout = properties.timeout();
        this.format = format;
    }

    private static void addFixedHeaders(HttpHeaders headers, WebhookProperties properties) {
        headers.set(HttpHeaderNames.USER_AGENT, "Portcullis");
        if (properties.authorization() != null) {
            headers.set(HttpHeaderNames.AUTHORIZATION, properties.authorization());
        }
    }

    @Override
    public Mono<DeliveryResult> deliver(SessionEvent event) {
        return Mono.defer(() -> format.write(event))
                .flatMap(this::post)
                .timeout(timeout)
                .onErrorResume(failure -> Mono.just(failed(failure)));
    }

    private Mono<DeliveryResult> post(EventMessage message) {
        return client.headers(headers ->
                        headers.add(message.headers()).set(HttpHeaderNames.CONTENT_LENGTH, message.body().length))
                .post()
                .uri(url)
                .send(Mono.fromSupplier(() -> Unpooled.wrappedBuffer(message.body())))
                .response((response, content) -> read(content).map(body -> result(response, body)))
                .single();
    }

    /**
     * Emits the body: to its end, so that the connection can be used again, or up to a limit, where the connection is closed. A response
     * that is too long counts by its status all the same.
     */
    private static Mono<byte[]> read(ByteBufFlux content) {
        return Mono.defer(() -> {
            var body = new ByteArrayOutputStream();
            return content.asByteArray()
                    .doOnNext(body::writeBytes)
                    .takeUntil(part -> body.size() > MAX_RESPONSE_BODY)
                    .then(Mono.fromSupplier(body::toByteArray));
        });
    }

    /** After an interim response, which the client takes for the final one, the next event would get the response to this one. */
    private static void closeUnlessAccepted(HttpClientResponse response, Connection connection) {
        if (!isSuccess(response)) {
            connection.markPersistent(false);
        }
    }

    private static boolean isSuccess(HttpClientResponse response) {
        int status = response.status().code();
        return status >= 200 && status < 300;
    }

    private DeliveryResult result(HttpClientResponse response, byte[] body) {
        return isSuccess(response)
                ? DELIVERED
                : format.failure(response.status().code(), body);
    }

    private static DeliveryResult failed(Throwable failure) {
        if (failure instanceof TimeoutException) {
            return new DeliveryResult.Failed("no response in time");
        }
        if (failure instanceof UnwritableEventException unwritable) {
            return new DeliveryResult.Failed(unwritable.getMessage());
        }
        // The class alone: messages of connection failures have the receiver's address.
        return new DeliveryResult.Failed(RootCause.of(failure).getClass().getSimpleName());
    }

    @Override
    public void close() {
        connections.dispose();
    }
}
