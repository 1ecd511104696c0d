package io.portcullis.gateway.connection;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.util.ReferenceCountUtil;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.netty.NettyPipeline;

class RequestNormaliserTests {
    private static final String GOOD = "GET /a HTTP/1.1\r\nHost: a\r\n\r\n";
    private static final String BAD = "GET /a HTTP/1.1\r\n\r\n";
    private static final String BAD_BODY = "POST /a HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nx\r\n";

    private final List<HttpRequest> requests = new ArrayList<>();
    private final List<Object> others = new ArrayList<>();
    private final List<Throwable> failures = new ArrayList<>();
    private final EmbeddedChannel channel = new EmbeddedChannel();

    RequestNormaliserTests() {
        channel.pipeline().addLast(NettyPipeline.HttpCodec, new HttpServerCodec());
        RequestNormaliser.addTo(channel);
        channel.pipeline().addLast(new ChannelInboundHandlerAdapter() {
            @Override
            public void channelRead(ChannelHandlerContext context, Object message) {
                if (message instanceof HttpRequest request) {
                    requests.add(request);
                } else if (message instanceof ByteBuf) {
                    others.add(message);
                }
                ReferenceCountUtil.release(message);
            }

            @Override
            public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
                failures.add(cause);
            }
        });
    }

    @AfterEach
    void close() {
        channel.finishAndReleaseAll();
    }

    private void send(String text) {
        channel.writeInbound(Unpooled.copiedBuffer(text, ISO_8859_1));
    }

    private void respond() {
        var response = new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.OK);
        response.headers().set("Content-Length", 0);
        channel.writeOutbound(response);
    }

    @Test
    void requestWhenRefusedThenASubstituteTakesItsPlaceAndTheRestIsDiscarded() {
        send(GOOD + BAD + GOOD);

        assertThat(requests).hasSize(2);
        assertThat(requests.get(0).headers().contains(RequestNormaliser.REFUSAL))
                .isFalse();
        assertThat(requests.get(1).headers().get(RequestNormaliser.REFUSAL)).isEqualTo("NO_HOST");
        respond();
        assertThat(channel.isActive()).isTrue();
        respond();
        assertThat(channel.isActive()).isFalse();
    }

    @Test
    void refusalWhenAClientSendsItThenTheRequestIsMalformed() {
        send("GET /a HTTP/1.1\r\nHost: a\r\n:refusal: NO_HOST\r\n\r\n");

        assertThat(requests.get(0).headers().get(RequestNormaliser.REFUSAL)).isEqualTo("MALFORMED");
    }

    @Test
    void bodyWhenItsFramingIsBrokenThenItsReaderIsToldWhenItAsks() {
        channel.config().setAutoRead(false);
        send(BAD_BODY);
        assertThat(failures).isEmpty();

        channel.read();
        channel.runPendingTasks();

        assertThat(failures).hasSize(1);
        respond();
        assertThat(channel.isActive()).isFalse();
    }

    @Test
    void bodyWhenItsFramingIsBrokenBehindTheAnswerThenTheConnectionIsClosed() {
        send(BAD_BODY.substring(0, BAD_BODY.length() - 3));
        respond();
        assertThat(channel.isActive()).isTrue();

        send("x\r\n");

        assertThat(failures).isEmpty();
        assertThat(channel.isActive()).isFalse();
    }

    private List<String> refusals() {
        return requests.stream()
                .map(request -> String.valueOf(request.headers().get(RequestNormaliser.REFUSAL)))
                .toList();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 7, 1000})
    void headerWhenItsLineIsFoldedThenMalformedHoweverTheBytesArrive(int size) {
        String body = "{\n \"a\":\r\n\t1,\r\n\r\n \"b\": 2}";
        String withLength = "POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: " + body.length() + "\r\n\r\n" + body;
        String chunked = "POST /a HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
                + Integer.toHexString(body.length()) + "\r\n" + body + "\r\n0\r\n\r\n";
        String text =
                GOOD + withLength + chunked + withLength + GOOD + "GET /a HTTP/1.1\r\nHost: a\r\nX-A: b\r\n\tc\r\n\r\n";

        for (int i = 0; i < text.length(); i += size) {
            send(text.substring(i, Math.min(text.length(), i + size)));
        }

        assertThat(refusals()).containsExactly("null", "null", "null", "null", "null", "MALFORMED");
    }

    @Test
    void bytesWhenTheConnectionIsUpgradedThenAreNoHeaders() {
        send(GOOD);
        channel.writeOutbound(
                new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.SWITCHING_PROTOCOLS));
        channel.pipeline().remove(NettyPipeline.HttpCodec);
        ByteBuf frame = Unpooled.copiedBuffer("a\r\n\r\nb\r\n c", ISO_8859_1);

        channel.writeInbound(frame);

        assertThat(others).hasSize(1);
        assertThat(others.get(0)).isSameAs(frame);
    }
}
