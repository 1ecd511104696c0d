package io.portcullis.gateway.event;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelOption;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.portcullis.core.error.RootCause;
import io.portcullis.core.event.DeliveryResult;
import io.portcullis.core.event.SessionEvent;
import io.portcullis.core.event.SessionEventReceiver;
import java.time.Clock;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.TimeoutException;
import reactor.core.publisher.Mono;
import reactor.netty.ByteBufFlux;
import reactor.netty.Connection;
import reactor.netty.http.client.HttpClient;
import reactor.netty.http.client.HttpClientResponse;
import reactor.netty.resources.ConnectionProvider;
import reactor.netty.resources.LoopResources;
import tools.jackson.databind.json.JsonMapper;

/**
 * Sends each event as an HTTP POST (docs/events.md). The client and its connections serve nothing else. A redirect is not followed: it
 * is a failure. Of the response only the status is used; a body beyond a limit closes the connection.
 */
final class WebhookReceiver implements SessionEventReceiver, AutoCloseable {
    private static final String EVENT_ID = "X-Portcullis-Event-Id";
    /** The statuses that say that the receiver works and does not accept this event. */
    private static final Set<Integer> REFUSALS = Set.of(400, 409, 413, 422);

    private static final int MAX_RESPONSE_BODY = 16 * 1024;
    private static final Duration MAX_IDLE = Duration.ofSeconds(20);
    private static final DeliveryResult DELIVERED = new DeliveryResult.Delivered();

    private final ConnectionProvider connections;
    private final HttpClient client;
    private final String url;
    private final Duration timeout;
    private final SignatureHeader signature;
    private final JsonMapper json;
    private final Clock clock;

    WebhookReceiver(WebhookProperties properties, LoopResources loops, JsonMapper json, Clock clock) {
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
                .headers(headers -> headers.set(HttpHeaderNames.CONTENT_TYPE, "application/json")
                        .set(HttpHeaderNames.USER_AGENT, "Portcullis"));
        this.url = properties.target().toASCIIString();
        this.timeout = properties.timeout();
        this.signature = new SignatureHeader(properties.secrets());
        this.json = json;
        this.clock = clock;
    }

    @Override
    public Mono<DeliveryResult> deliver(SessionEvent event) {
        return Mono.defer(() -> post(event)).timeout(timeout).onErrorResume(failure -> Mono.just(failed(failure)));
    }

    private Mono<DeliveryResult> post(SessionEvent event) {
        byte[] body = json.writeValueAsBytes(EventBody.of(event));
        String signed = signature.sign(clock.instant(), body);
        return client.headers(headers -> headers.set(EVENT_ID, event.id())
                        .set(SignatureHeader.NAME, signed)
                        .set(HttpHeaderNames.CONTENT_LENGTH, body.length))
                .post()
                .uri(url)
                .send(Mono.fromSupplier(() -> Unpooled.wrappedBuffer(body)))
                .response((response, content) -> discard(content).then(Mono.fromSupplier(() -> result(response))))
                .single();
    }

    /**
     * Reads the body to its end, so that the connection can be used again, or up to a limit, where the connection is closed. The event is
     * accepted all the same, because only the status counts.
     */
    private static Mono<Void> discard(ByteBufFlux content) {
        return content.map(part -> (long) part.readableBytes())
                .scan(0L, Long::sum)
                .takeUntil(total -> total > MAX_RESPONSE_BODY)
                .then();
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

    private static DeliveryResult result(HttpClientResponse response) {
        if (isSuccess(response)) {
            return DELIVERED;
        }
        int status = response.status().code();
        String failure = "HTTP " + status;
        return REFUSALS.contains(status) ? new DeliveryResult.Refused(failure) : new DeliveryResult.Failed(failure);
    }

    private static DeliveryResult failed(Throwable failure) {
        if (failure instanceof TimeoutException) {
            return new DeliveryResult.Failed("no response in time");
        }
        // The class alone: messages of connection failures have the receiver's address.
        return new DeliveryResult.Failed(RootCause.of(failure).getClass().getSimpleName());
    }

    @Override
    public void close() {
        connections.dispose();
    }
}
