package io.portcullis.gateway.upstream;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.DefaultHttpRequest;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.netty.Connection;

class ResponseDecoderTests {
    private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

    private final ResponseDecoder decoder = ResponseDecoder.ofFinalResponses(
            new HttpDecoderConfig(), unusable -> Connection.from(unusable).markPersistent(false));
    private final EmbeddedChannel channel = new EmbeddedChannel(decoder, new RequestEncoder(decoder));

    private static HttpRequest request(String method) {
        return new DefaultFullHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.valueOf(method), "/", Unpooled.EMPTY_BUFFER);
    }

    private void send(HttpRequest request) {
        channel.writeOutbound(request);
        channel.releaseOutbound();
    }

    private void receive(String text) {
        channel.writeInbound(Unpooled.copiedBuffer(text, ISO_8859_1));
    }

    /** Returns the statuses, bodies and ends of the decoded messages, such as {@code 200 ok .}. */
    private String decoded() {
        List<String> parts = new ArrayList<>();
        for (HttpObject part; (part = channel.readInbound()) != null; ) {
            if (part.decoderResult().isFailure()) {
                parts.add(part.decoderResult().cause().getMessage());
            } else if (part instanceof HttpResponse response) {
                parts.add(Integer.toString(response.status().code()));
            }
            if (part instanceof HttpContent content) {
                ByteBuf body = content.content();
                parts.add(body.toString(ISO_8859_1));
                body.release();
            }
            if (part instanceof LastHttpContent) {
                parts.add(".");
            }
        }
        return String.join(" ", parts).replaceAll(" +", " ");
    }

    private boolean mayBeUsedAgain() {
        return decoder.isIdle() && Connection.from(channel).isPersistent() && channel.isActive();
    }

    @Test
    void exchangesWhenCleanThenTheConnectionIsUsedAgain() {
        for (int i = 0; i < 3; i++) {
            send(request("GET"));
            receive(OK);
            assertThat(decoded()).isEqualTo("200 ok .");
            assertThat(mayBeUsedAgain()).isTrue();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "HTTP/1.1 102 A\r\n\r\n",
                "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 B\r\nLink: a\r\n\r\nHTTP/1.1 199 C\r\nContent-Length: 5\r\n\r\n"
            })
    void interimResponsesWhenTheFinalOneFollowsThenItIsTheOnlyOne(String interim) {
        send(request("GET"));
        receive(interim);
        assertThat(decoded()).isEmpty();
        receive(interim + OK);
        assertThat(decoded()).isEqualTo("200 ok .");
        assertThat(mayBeUsedAgain()).isTrue();
    }

    /** Delivers each byte in a packet of its own. */
    @Test
    void responsesWhenTheyComeByteByByteThenTheSame() {
        send(request("GET"));
        String text = "HTTP/1.1 103 B\r\nLink: a\r\n\r\n" + OK;
        for (int i = 0; i < text.length(); i++) {
            assertThat(decoder.isIdle()).isFalse();
            receive(text.substring(i, i + 1));
        }
        assertThat(decoded()).isEqualTo("200 o k .");
        assertThat(mayBeUsedAgain()).isTrue();
    }

    @Test
    void interimResponsesWhenThereIsNoEndOfThemThenTheResponseIsInvalid() {
        send(request("GET"));
        receive("HTTP/1.1 102 A\r\n\r\n".repeat(Exchange.MAX_INTERIM));
        assertThat(decoded()).isEmpty();
        receive("HTTP/1.1 102 A\r\n\r\n");
        assertThat(decoded()).contains("more than 100 interim responses");
        assertThat(mayBeUsedAgain()).isFalse();
    }

    /** Checks that bytes after the response are discarded, regardless of when they arrive. */
    @ParameterizedTest
    @CsvSource(
            value = {
                "GET|HTTP/1.1 200 OK~Content-Length: 2~~ok|h|200 ok .",
                "GET|HTTP/1.1 200 OK~Content-Length: 2~~ok|HTTP/1.1 200 OK~Content-Length: 1~~x|200 ok .",
                "GET|HTTP/1.1 200 OK~Content-Length: 2~~ok|HTTP/1.1 200 OK~X: |200 ok .",
                "GET|HTTP/1.1 200 OK~Content-Length: 2~~ok|~|200 ok .",
                "GET|HTTP/1.1 200 OK~Content-Length: 0~~|x|200 .",
                "GET|HTTP/1.1 200 OK~Transfer-Encoding: chunked~~2~ok~0~~|0~~|200 ok .",
                "HEAD|HTTP/1.1 200 OK~~|HTTP/1.1 200 OK~~|200 .",
                "GET|HTTP/1.1 204 A~~|x|204 .",
                "GET|HTTP/1.1 304 A~~|HTTP/1.1 200 OK~~|304 ."
            },
            delimiter = '|')
    void bytesWhenTheResponseHasEndedThenTheConnectionIsNotUsedAgain(
            String method, String response, String surplus, String expected) {
        send(request(method));
        receive((response + surplus).replace("~", "\r\n"));
        assertThat(decoded()).isEqualTo(expected);
        assertThat(mayBeUsedAgain()).isFalse();

        receive(OK);
        assertThat(decoded()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "HEAD, 200 A, Content-Length: 5",
        "HEAD, 200 A, Transfer-Encoding: chunked",
        "GET, 304 A, Content-Length: 5",
        "GET, 204 A, Content-Length: 5",
        "GET, 204 A, Transfer-Encoding: chunked"
    })
    void bodyWhenAnnouncedWhereThereIsNoneThenTheConnectionIsNotUsedAgain(String method, String status, String header) {
        send(request(method));
        receive("HTTP/1.1 " + status + "\r\n" + header + "\r\n\r\n");

        assertThat(decoded()).isEqualTo(status.substring(0, 3) + " .");
        assertThat(mayBeUsedAgain()).isFalse();
    }

    @ParameterizedTest
    @CsvSource({"HEAD, 200 A, X: 5", "HEAD, 200 A, Content-Length: 0", "GET, 304 A, ETag: 5", "GET, 204 A, X: 5"})
    void bodyWhenNotAnnouncedThenTheConnectionIsUsedAgain(String method, String status, String header) {
        send(request(method));
        receive("HTTP/1.1 " + status + "\r\n" + header + "\r\n\r\n");

        assertThat(decoded()).isEqualTo(status.substring(0, 3) + " .");
        assertThat(mayBeUsedAgain()).isTrue();
    }

    @Test
    void bytesWhenNoRequestIsUnansweredThenTheConnectionIsClosed() {
        send(request("GET"));
        receive(OK);
        assertThat(decoded()).isEqualTo("200 ok .");
        receive(OK);
        assertThat(decoded()).isEmpty();
        assertThat(channel.isActive()).isFalse();
    }

    @Test
    void responseWhenTheRequestIsUnfinishedThenTheConnectionIsNotReused() {
        send(new DefaultHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.POST, "/"));
        receive(OK);

        assertThat(decoded()).isEqualTo("200 ok .");
        assertThat(mayBeUsedAgain()).isFalse();
    }

    @Test
    void requestWhenTheLastExchangeWasNotCleanThenItIsNotWritten() {
        send(request("GET"));
        receive(OK + "x");
        assertThat(decoded()).isEqualTo("200 ok .");

        ChannelFuture write = channel.write(request("POST"));
        channel.runPendingTasks();

        assertThat(write.cause()).isInstanceOf(StaleConnectionException.class);
        assertThatThrownBy(channel::checkException).isInstanceOf(StaleConnectionException.class);
        assertThat(channel.<Object>readOutbound()).isNull();
        assertThat(channel.isActive()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "HTTP/1.1 101 A\r\nUpgrade: websocket\r\n\r\n",
                "HTTP/1.1 101 A\r\nUpgrade: WebSocket\r\nSec-WebSocket-Location: a\r\n\r\n",
                "HTTP/1.1 99 A\r\n\r\n",
                "HTTP/1.1 0200 A\r\n\r\n",
                "HTTP/1.1 +20 A\r\n\r\n",
                "HTTP/1.1 2\u00b20 A\r\n\r\n",
                "HTTP/2.0 200 A\r\n\r\n",
                "HTTP/0.9 200 A\r\n\r\n",
                "ICY 200 OK\r\n\r\n",
                "HTTP/1.1 200 A\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\n",
                "HTTP/1.1 200 A\r\nContent-Length: 1, 2\r\n\r\n",
                "HTTP/1.1 200 A\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
                "HTTP/1.1 200 A\r\nTransfer-Encoding: gzip, chunked\r\n\r\n",
                "HTTP/1.1 200 A\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n",
                "HTTP/1.1 200 A\r\nTransfer-Encoding: xchunked\r\n\r\n",
                "HTTP/1.0 200 A\r\nTransfer-Encoding: chunked\r\n\r\n"
            })
    void responseWhenInvalidThenItFailsAsTheServicesFault(String response) {
        send(request("GET"));
        receive(response + OK);
        assertThat(decoded()).contains("invalid response of the service");
        assertThat(mayBeUsedAgain()).isFalse();
        receive(OK);
        assertThat(decoded()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"xyz\r\n", "-1\r\n", "\r\n", "2\r\nokx\r\n", "ffffffffff\r\n"})
    void chunkWhenInvalidThenTheResponseFails(String chunk) {
        send(request("GET"));
        receive("HTTP/1.1 200 A\r\nTransfer-Encoding: chunked\r\n\r\n" + chunk + "0\r\n\r\n");

        assertThat(decoded()).startsWith("200").contains("invalid response of the service");
        assertThat(mayBeUsedAgain()).isFalse();
    }

    @Test
    void headWhenCutOffThenTheResponseFails() {
        send(request("GET"));
        receive("HTTP/1.1 200 A\r\nX: ");
        channel.finish();

        assertThat(decoded()).contains("invalid response of the service");
    }

    @Test
    void upgradeWhenAskedForThenItsBytesPass() {
        HttpRequest request = request("GET");
        request.headers().set("Upgrade", "websocket");
        send(request);
        receive("HTTP/1.1 102 A\r\n\r\nHTTP/1.1 101 A\r\nUpgrade: websocket\r\n\r\nframe");
        assertThat(channel.<HttpResponse>readInbound().status().code()).isEqualTo(101);
        assertThat(channel.<Object>readInbound()).isEqualTo(LastHttpContent.EMPTY_LAST_CONTENT);
        ByteBuf frame = channel.readInbound();
        assertThat(frame.toString(ISO_8859_1)).isEqualTo("frame");
        frame.release();
        assertThat(decoder.isIdle()).isFalse();
    }

    @ParameterizedTest
    @CsvSource({"GET, true, true", "PUT, true, true", "POST, true, false", "GET, false, false"})
    void endWhenNothingWasReceivedThenIdempotentRequestsAreStale(String method, boolean kept, boolean stale) {
        if (kept) {
            send(request("GET"));
            receive(OK);
            decoded();
        }
        send(request(method));
        channel.pipeline().fireExceptionCaught(new IOException("Connection reset by peer"));

        assertThatThrownBy(channel::checkException)
                .isInstanceOf(stale ? StaleConnectionException.class : IOException.class)
                .satisfies(failure ->
                        assertThat(failure instanceof StaleConnectionException).isEqualTo(stale));
    }

    @Test
    void endWhenABodyWasSentThenTheRequestIsNotStale() {
        send(request("GET"));
        receive(OK);
        decoded();
        HttpRequest request = request("PUT");
        request.headers().set("Content-Length", 5);
        send(request);
        channel.finish();

        channel.checkException();
    }

    @ParameterizedTest
    @ValueSource(strings = {"GET", "HEAD"})
    void lengthWhenItHasLeadingZerosThenItGoesOnWithout(String method) {
        send(request(method));
        receive("HTTP/1.1 200 OK\r\nContent-Length: 00000000000002\r\n\r\n" + (method.equals("GET") ? "ok" : ""));

        HttpResponse head = channel.readInbound();
        assertThat(head.headers().getAll("Content-Length")).containsExactly("2");
        decoded();
    }

    @Test
    void interimAndTrailersWhenTheyAreRelayedThenTheyArePassedOn() {
        var all = ResponseDecoder.ofAllResponses(new HttpDecoderConfig());
        var relaying = new EmbeddedChannel(all, new ExchangeEncoder(all));
        relaying.writeOutbound(request("GET"));
        relaying.releaseOutbound();

        String interim = "HTTP/1.1 103 A\r\nLink: a\r\n\r\nHTTP/1.1 102 B\r\n\r\n";
        String last = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nX-T: 1\r\n\r\n";
        relaying.writeInbound(Unpooled.copiedBuffer(interim + last, ISO_8859_1));

        List<String> parts = new ArrayList<>();
        for (HttpObject part; (part = relaying.readInbound()) != null; ) {
            parts.add(
                    part instanceof HttpResponse head
                            ? head.status().code() + " " + head.headers().get("Link")
                            : ((LastHttpContent) part).trailingHeaders().toString());
        }
        assertThat(parts).containsExactly("103 a", "102 null", "200 null", "DefaultHttpHeaders[X-T: 1]");
        assertThat(all.isIdle()).isTrue();
    }

    @Test
    void trailersWhenTheServiceSendsThemThenTheyAreDropped() {
        send(request("GET"));
        receive("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
        receive("2\r\nok\r\n0\r\nX-T: 1\r\nSet-Cookie: portcullis_access=x\r\n\r\n");

        List<HttpHeaders> trailers = new ArrayList<>();
        for (HttpObject part; (part = channel.readInbound()) != null; ) {
            if (part instanceof LastHttpContent last) {
                trailers.add(last.trailingHeaders());
            }
            ReferenceCountUtil.release(part);
        }
        assertThat(trailers).hasSize(1);
        assertThat(trailers.get(0).isEmpty()).isTrue();
        assertThat(mayBeUsedAgain()).isTrue();
    }
}
