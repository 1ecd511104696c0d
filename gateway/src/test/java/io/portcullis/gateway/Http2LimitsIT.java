package io.portcullis.gateway;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.handler.codec.http2.Http2Error;
import io.netty.util.internal.PlatformDependent;
import io.portcullis.testbed.Await;
import java.io.IOException;
import java.net.SocketException;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.LongAccumulator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Tests the limits of HTTP/2 connections, against clients that exceed them. */
@Timeout(120)
@Tag("database-independent")
class Http2LimitsIT {
    private static final int MAX_CONCURRENT = 100;
    private static final int MAX_RESETS = 200;
    /** With the buffers of the service, which is in the same JVM. Without back-pressure a stream alone holds close to 1 MB. */
    private static final int MAX_BYTES_PER_STREAM = 500_000;

    @AutoClose
    private static final EndlessService endless = EndlessService.start();

    @AutoClose
    private static final GatewayNode node = GatewayNode.start(new Routes()
            .add("/open/**", endless.uri(), "metadata.auth=none")
            .add("/public/echo/**", "${SAMPLE_SERVICES_URI}", "metadata.auth=none")
            .add("/api/slow", "${SAMPLE_SERVICES_URI}", "metadata.auth=none")
            .arguments(
                    "--server.http2.enabled=true",
                    "--server.netty.idle-timeout=2s",
                    "--server.netty.max-keep-alive-requests=300",
                    "--portcullis.http.request-timeout=2s",
                    "--portcullis.http.write-timeout=2s"));

    /** Whatever a client did, others are served. */
    @AfterEach
    void othersAreServed() throws Exception {
        try (RawHttp2 client = open()) {
            assertThat(client.get("/public/echo/a").result()).isEqualTo("200");
        }
    }

    private static URI uri() {
        return node.uri("/");
    }

    private static RawHttp2 open() throws IOException {
        return RawHttp2.open(uri());
    }

    @Test
    void streamWhenBeyondTheLimitThenRefusedAndTheOthersAreAnswered() throws Exception {
        try (RawHttp2 client = open()) {
            int first = client.begin(true, RawHttp2.head("GET", "/api/slow?ms=3000"));
            for (int i = 1; i < MAX_CONCURRENT; i++) {
                int unused = client.begin(true, RawHttp2.head("GET", "/api/slow?ms=3000"));
            }

            assertThat(client.get("/public/echo/a").result()).isEqualTo(Http2Error.REFUSED_STREAM.name());

            assertThat(client.await(first).result()).isEqualTo("200");
            assertThat(client.await(2 * MAX_CONCURRENT - 1).result()).isEqualTo("200");
        }
    }

    /** Sends frames until the connection is closed. */
    private interface Flood {
        void send(RawHttp2 client) throws Exception;
    }

    /** The gateway closes while frames of the client are unread, so that the reset of the connection may overtake its {@code GOAWAY}. */
    private static void assertEndsConnection(Flood flood) throws Exception {
        try (RawHttp2 client = open()) {
            try {
                flood.send(client);
            } catch (IOException closed) {
                assertThat(closed).isInstanceOf(SocketException.class);
            }

            assertThat(client.awaitClose()).isIn(Http2Error.ENHANCE_YOUR_CALM, null);
        }
    }

    @Test
    void streamsWhenResetAtOnceThenTheConnectionIsClosed() throws Exception {
        assertEndsConnection(client -> {
            for (int i = 0; i <= MAX_RESETS; i++) {
                client.reset(client.begin(true, RawHttp2.head("GET", "/api/slow?ms=3000")));
            }
        });
    }

    /** The client makes the gateway reset its streams (CVE-2025-55163). */
    @Test
    void streamsWhenTheGatewayMustResetThemThenTheConnectionIsClosed() throws Exception {
        assertEndsConnection(client -> {
            for (int i = 0; i <= MAX_RESETS; i++) {
                int stream = client.begin(true, RawHttp2.head("GET", "/api/slow?ms=3000"));
                client.credit(stream, 0);
            }
        });
    }

    @Test
    void continuationsWhenSmallAndManyThenTheConnectionIsClosed() throws Exception {
        assertEndsConnection(client -> {
            client.frame(RawHttp2.HEADERS, 0, 1, RawHttp2.block(RawHttp2.head("GET", "/public/echo/a")));
            for (int i = 0; i < 20; i++) {
                client.frame(RawHttp2.CONTINUATION, 0, 1, RawHttp2.block("a" + i, "b"));
            }
        });
    }

    @Test
    void dataWhenEmptyAndManyThenTheConnectionIsClosed() throws Exception {
        assertEndsConnection(client -> {
            int stream = client.begin(false, RawHttp2.head("POST", "/public/echo/a"));
            for (int i = 0; i < 20; i++) {
                client.data(stream, false, new byte[0]);
            }
        });
    }

    @Test
    void responseWhenTheClientGivesNoCreditThenItsStreamAloneIsReset() throws Exception {
        try (RawHttp2 client = RawHttp2.open(uri(), 0)) {
            int stalled = client.begin(true, RawHttp2.head("GET", "/public/echo/a"));
            Await.until("the head", () -> client.response(stalled).hasHead());

            assertThat(client.await(stalled).result()).isEqualTo("200 " + Http2Error.CANCEL);

            int served = client.begin(true, RawHttp2.head("GET", "/public/echo/b"));
            client.credit(served, 60_000);
            assertThat(client.await(served).result()).isEqualTo("200");
        }
    }

    @Test
    void responseWhenTheClientGivesLittleCreditNowAndThenThenItGoesOn() throws Exception {
        try (RawHttp2 client = RawHttp2.open(uri(), 0)) {
            int slow = client.begin(true, RawHttp2.head("GET", "/public/echo/a"));
            int seconds = 5;
            for (int i = 0; i < seconds; i++) {
                client.credit(slow, 1);
                int length = i + 1;
                Await.until("byte " + length, () -> client.response(slow).body().length() == length);
                TimeUnit.SECONDS.sleep(1);
            }
            client.credit(slow, 60_000);

            assertThat(client.await(slow).result()).isEqualTo("200");
        }
    }

    @Test
    void responsesWhenTheClientGivesNoCreditThenEachHoldsLittle() throws Exception {
        int streams = 50;
        endless.expect("stalled", streams);
        try (RawHttp2 client = open()) {
            assertThat(client.get("/public/echo/a").result()).isEqualTo("200");
            long idle = PlatformDependent.usedDirectMemory();
            var highest = new LongAccumulator(Math::max, 0);
            List<RawHttp2.Response> responses = new ArrayList<>();
            for (int i = 0; i < streams; i++) {
                responses.add(client.response(client.begin(true, RawHttp2.head("GET", "/open/events/stalled/flood"))));
            }
            Await.until("the streams have been reset", () -> {
                highest.accumulate(PlatformDependent.usedDirectMemory() - idle);
                return responses.stream().allMatch(response -> response.result().endsWith("CANCEL"));
            });

            System.out.printf("direct memory per stalled stream: %d bytes%n", highest.get() / streams);
            assertThat(highest.get() / streams).as("bytes per stream").isLessThan(MAX_BYTES_PER_STREAM);
        }
    }

    @Test
    void requestWhenItsBodyDoesNotComeThenItsStreamAloneEnds() throws Exception {
        try (RawHttp2 client = open()) {
            int stream = client.begin(false, RawHttp2.head("POST", "/public/echo/a"));
            client.data(stream, false, "half".getBytes(ISO_8859_1));

            assertThat(client.await(stream).result()).startsWith("408");
            assertThat(client.get("/public/echo/a").result()).isEqualTo("200");
        }
    }

    /** Sends a ping. Returns false if the connection is closed. */
    private static boolean mayPing(RawHttp2 client) throws IOException {
        try {
            client.ping();
            return true;
        } catch (SocketException closed) {
            return false;
        }
    }

    @Test
    void connectionWhenIdleThenClosedAlthoughTheClientPings() throws Exception {
        try (RawHttp2 client = open()) {
            assertThat(client.get("/public/echo/a").result()).isEqualTo("200");

            AtomicBoolean refused = new AtomicBoolean();
            Await.until("the gateway closes the connection", () -> {
                refused.set(!mayPing(client));
                return refused.get() || client.goAway() != null;
            });

            // A ping behind the close resets the connection, with which GOAWAY may be lost.
            Http2Error told = client.awaitClose();
            assertThat(told == null && refused.get() ? Http2Error.NO_ERROR : told)
                    .isEqualTo(Http2Error.NO_ERROR);
        }
    }

    @Test
    void connectionWhenAStreamIsQuietForLongThenKept() throws Exception {
        try (RawHttp2 client = open()) {
            assertThat(client.get("/api/slow?ms=5000").result()).isEqualTo("200");
            assertThat(client.goAway()).isNull();
        }
    }

    @Test
    void headersWhenTheyDoNotEndThenTheConnectionIsClosed() throws Exception {
        try (RawHttp2 client = open()) {
            client.frame(RawHttp2.HEADERS, 0, 1, RawHttp2.block(RawHttp2.head("GET", "/public/echo/a")));

            assertThat(client.awaitClose()).isEqualTo(Http2Error.NO_ERROR);
        }
    }

    @Test
    void connectionWhenItHasHadItsRequestsThenClosedAfterTheLastOne() throws Exception {
        try (RawHttp2 client = open()) {
            for (int i = 0; i < 300; i++) {
                assertThat(client.get("/public/echo/a").result())
                        .as("request %d", i)
                        .isEqualTo("200");
            }

            assertThat(resultOfOneMore(client)).isEmpty();
            assertThat(client.awaitClose()).isEqualTo(Http2Error.NO_ERROR);
        }
    }

    /** Empty if the connection is closed, or if the gateway ignores the request. */
    private static String resultOfOneMore(RawHttp2 client) {
        try {
            return client.get("/public/echo/a").result();
        } catch (IOException e) {
            return "";
        }
    }
}
