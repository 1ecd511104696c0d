package io.portcullis.gateway.accesslog;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.DefaultHttpRequest;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.portcullis.gateway.forwarded.TrustedProxies;
import io.portcullis.gateway.logging.LogCapture;
import java.io.IOException;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class AccessLogHandlerTests {
    private static final String LOGGER = AccessLogHandlerTests.class.getName();

    private final LogCapture log = LogCapture.of(LOGGER, Level.INFO);
    private final EmbeddedChannel client = new EmbeddedChannel(new AccessLogHandler(new AccessLog(
            LoggerFactory.getLogger(LOGGER), Clock.fixed(Instant.EPOCH, ZoneOffset.UTC), new TrustedProxies(null))));

    @AfterEach
    void close() {
        client.finishAndReleaseAll();
        log.close();
    }

    private void request() {
        client.writeInbound(new DefaultHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.GET, "/a?ticket=pct_x"));
    }

    private void head(HttpResponseStatus status) {
        client.writeOutbound(new DefaultHttpResponse(HttpVersion.HTTP_1_1, status));
    }

    private void full(HttpResponseStatus status, String body) {
        client.writeOutbound(new DefaultFullHttpResponse(
                HttpVersion.HTTP_1_1,
                status,
                Unpooled.copiedBuffer(body.getBytes(java.nio.charset.StandardCharsets.UTF_8))));
    }

    private void assertLine(int status, int bytes, String end) {
        assertThat(log.lines())
                .singleElement()
                .asString()
                .startsWith("INFO {\"time\":\"1970-01-01T00:00:00Z\",\"requestId\":\"")
                .contains("\"path\":\"/a\",\"protocol\":\"HTTP/1.1\",\"status\":%d,\"bytes\":%d,"
                        .formatted(status, bytes))
                .endsWith(",\"end\":\"%s\"}".formatted(end))
                .doesNotContain("pct_");
    }

    @Test
    void responseWhenInPartsThenOneLineWithTheSizeOfAll() {
        request();
        head(HttpResponseStatus.OK);
        client.writeOutbound(new DefaultHttpContent(Unpooled.wrappedBuffer(new byte[10])));
        client.writeOutbound(new DefaultHttpContent(Unpooled.wrappedBuffer(new byte[5])));
        assertThat(log.lines()).isEmpty();
        client.writeOutbound(LastHttpContent.EMPTY_LAST_CONTENT);

        assertLine(200, 15, "complete");
    }

    @Test
    void responseWhenInterimThenTheFinalOneIsLogged() {
        request();
        full(HttpResponseStatus.CONTINUE, "");
        full(HttpResponseStatus.EARLY_HINTS, "");
        full(HttpResponseStatus.NOT_FOUND, "no");

        assertLine(404, 2, "complete");
    }

    @Test
    void clientWhenItLeavesBeforeTheResponseThen499() {
        request();
        client.pipeline().fireChannelInactive();

        assertLine(499, 0, "client");
    }

    @Test
    void clientWhenItLeavesWithinTheResponseThenItsStatus() {
        request();
        head(HttpResponseStatus.OK);
        client.pipeline().fireChannelInactive();

        assertLine(200, 0, "client");
    }

    @Test
    void clientWhenItLeavesBeforeItHasTheEndOfTheResponseThenTheResponseIsNotComplete() {
        request();
        var unused = client.write(new DefaultFullHttpResponse(
                HttpVersion.HTTP_1_1, HttpResponseStatus.OK, Unpooled.wrappedBuffer(new byte[7])));
        assertThat(log.lines()).isEmpty();
        client.unsafe().close(client.voidPromise());

        assertLine(200, 7, "client");
    }

    @Test
    void responseWhenTheNextRequestHasBegunThenItsOwnLine() {
        request();
        var unused = client.write(new DefaultFullHttpResponse(
                HttpVersion.HTTP_1_1, HttpResponseStatus.NOT_FOUND, Unpooled.wrappedBuffer(new byte[7])));
        request();
        client.flush();

        assertLine(404, 7, "complete");
    }

    @Test
    void connectionWhenTheGatewayClosesItThenItEndedTheExchange() {
        request();
        var unused = client.close();

        assertLine(0, 0, "gateway");
    }

    @Test
    void connectionWhenItIsBrokenThenTheClientEndedTheExchange() {
        client.pipeline().addLast(new ChannelInboundHandlerAdapter() {
            @Override
            public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
                var unused = context.close();
            }
        });
        request();
        client.pipeline().fireExceptionCaught(new IOException("Connection reset"));

        assertLine(499, 0, "client");
    }

    @Test
    void connectionWhenNoRequestIsUnderWayThenNoLine() {
        request();
        full(HttpResponseStatus.OK, "");
        var unused = client.close();

        assertThat(log.lines()).hasSize(1);
    }

    @Test
    void webSocketWhenItEndsThenOneLineWithTheBytesOfItsMessages() {
        request();
        full(HttpResponseStatus.SWITCHING_PROTOCOLS, "");
        client.writeOutbound(new TextWebSocketFrame("hello"));
        assertThat(log.lines()).isEmpty();
        var unused = client.close();

        assertLine(101, 5, "complete");
    }
}
