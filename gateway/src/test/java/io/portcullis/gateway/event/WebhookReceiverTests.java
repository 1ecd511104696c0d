package io.portcullis.gateway.event;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.portcullis.core.event.DeliveryResult;
import io.portcullis.core.event.SessionEvent;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;
import reactor.netty.resources.LoopResources;
import tools.jackson.databind.json.JsonMapper;

/** Tests the client of the webhook against responses that break the rules of HTTP, or do not end. */
class WebhookReceiverTests {
    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final String SECRET = "0123456789abcdef0123456789abcdef";
    private static final SessionEvent EVENT = new SessionEvent(
            "id", "session-opened", "login", "s", "u", "alice", "user", null, "phone", "::1", Instant.ofEpochMilli(7));

    private final LoopResources loops = LoopResources.create("webhook-test", 1, true);
    private final AtomicInteger connections = new AtomicInteger();
    private ServerSocket server;

    @BeforeEach
    void listen() throws IOException {
        server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    }

    @AfterEach
    void stop() throws IOException {
        server.close();
        loops.dispose();
    }

    private WebhookReceiver receiver(Duration timeout) {
        return receiver(timeout, new JsonEventFormat(List.of(SECRET), new JsonMapper(), Clock.systemUTC()));
    }

    private WebhookReceiver receiver(Duration timeout, EventFormat format) {
        var properties = new WebhookProperties(
                "http://127.0.0.1:" + server.getLocalPort() + "/",
                WebhookFormat.JSON,
                null,
                null,
                SECRET,
                null,
                timeout,
                Duration.ofSeconds(2),
                1,
                Duration.ofSeconds(1),
                Duration.ofSeconds(1),
                Duration.ofDays(1),
                1,
                Duration.ofDays(2));
        return new WebhookReceiver(properties, loops, format);
    }

    /** Answers the first request of each connection, and leaves the connection open. */
    private void serve(String response, String repeated) {
        Thread thread = new Thread(() -> {
            while (!server.isClosed()) {
                try {
                    Socket socket = server.accept();
                    connections.incrementAndGet();
                    socket.getInputStream().read();
                    socket.getOutputStream().write(response.getBytes(ISO_8859_1));
                    while (!repeated.isEmpty()) {
                        socket.getOutputStream().write(repeated.getBytes(ISO_8859_1));
                    }
                } catch (IOException e) {
                    // The client has closed the connection, or the test has ended.
                }
            }
        });
        thread.setDaemon(true);
        thread.start();
    }

    private static DeliveryResult deliver(WebhookReceiver receiver) {
        return Objects.requireNonNull(receiver.deliver(EVENT).block(LIMIT));
    }

    @Test
    void deliverWhenAnInterimResponseComesFirstThenTheNextEventDoesNotGetTheFinalOne() {
        serve(
                "HTTP/1.1 103 Early Hints\r\n\r\nHTTP/1.1 500 No\r\nContent-Length: 0\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n",
                "");
        try (var receiver = receiver(Duration.ofSeconds(1))) {
            assertThat(deliver(receiver)).isInstanceOf(DeliveryResult.Failed.class);
            assertThat(deliver(receiver)).isInstanceOf(DeliveryResult.Failed.class);
            assertThat(connections).hasValue(2);
        }
    }

    @Test
    void deliverWhenTheEventCannotBeWrittenThenFailedWithoutARequest() {
        serve("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", "");
        EventFormat unable = new EventFormat() {
            @Override
            public Mono<EventMessage> write(SessionEvent event) {
                return Mono.error(new UnwritableEventException("no key"));
            }

            @Override
            public DeliveryResult failure(int status, byte[] body) {
                throw new AssertionError("there is no response");
            }
        };
        try (var receiver = receiver(Duration.ofSeconds(20), unable)) {
            assertThat(deliver(receiver)).isEqualTo(new DeliveryResult.Failed("no key"));
            assertThat(connections).hasValue(0);
        }
    }

    @Test
    void deliverWhenTheBodyDoesNotEndThenDeliveredByItsStatus() {
        serve("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", "400\r\n" + "x".repeat(0x400) + "\r\n");
        try (var receiver = receiver(Duration.ofSeconds(20))) {
            assertThat(deliver(receiver)).isInstanceOf(DeliveryResult.Delivered.class);
            assertThat(deliver(receiver)).isInstanceOf(DeliveryResult.Delivered.class);
            assertThat(connections).hasValue(2);
        }
    }

    @Test
    void deliverWhenNothingIsAnsweredThenFailedInTime() {
        serve("", "");
        try (var receiver = receiver(Duration.ofMillis(100))) {
            assertThat(deliver(receiver)).isEqualTo(new DeliveryResult.Failed("no response in time"));
        }
    }

    @Test
    void deliverWhenNobodyListensThenFailedWithoutTheAddress() throws IOException {
        try (var receiver = receiver(Duration.ofSeconds(5))) {
            server.close();

            assertThat(deliver(receiver))
                    .isInstanceOfSatisfying(
                            DeliveryResult.Failed.class,
                            failed -> assertThat(failed.failure())
                                    .contains("ConnectException")
                                    .doesNotContain("127.0.0.1"));
        }
    }
}
