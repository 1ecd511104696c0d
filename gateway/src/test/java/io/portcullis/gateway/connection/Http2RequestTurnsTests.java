package io.portcullis.gateway.connection;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.DefaultChannelId;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.DefaultHttpRequest;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import reactor.netty.NettyPipeline;

class Http2RequestTurnsTests {
    private static final String FIRST = "first";

    /** What has passed, of all streams: the targets of requests, and {@code +} for a part of a body. */
    private final List<String> passed = new ArrayList<>();

    private final List<EmbeddedChannel> streams = new ArrayList<>();
    private final EmbeddedChannel connection = new EmbeddedChannel();

    Http2RequestTurnsTests() {
        connection.pipeline().addLast(NettyPipeline.HttpCodec, new ChannelInboundHandlerAdapter());
        Http2RequestTurns.addTo(connection);
    }

    @AfterEach
    void close() {
        streams.forEach(EmbeddedChannel::finishAndReleaseAll);
        connection.finishAndReleaseAll();
    }

    private EmbeddedChannel openStream() {
        var stream = new EmbeddedChannel(connection, DefaultChannelId.newInstance(), true, false);
        stream.pipeline().addLast(FIRST, new ChannelInboundHandlerAdapter());
        Http2RequestTurns.addToStream(stream, FIRST);
        stream.pipeline().addLast(new ChannelInboundHandlerAdapter() {
            @Override
            public void channelRead(ChannelHandlerContext context, Object message) {
                passed.add(message instanceof HttpRequest request ? request.uri() : "+");
                ReferenceCountUtil.release(message);
            }
        });
        streams.add(stream);
        return stream;
    }

    private static void send(EmbeddedChannel stream, Object message) {
        var unused = stream.writeOneInbound(message);
    }

    private static FullHttpRequest request(String target) {
        return new DefaultFullHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.GET, target);
    }

    private void setWritable(boolean writable) {
        connection.unsafe().outboundBuffer().setUserDefinedWritability(1, writable);
        connection.runPendingTasks();
    }

    private void nextIteration() {
        connection.runScheduledPendingTasks();
    }

    @Test
    void requestsWhenReadTogetherThenOnePassesInEachIteration() {
        for (String target : List.of("/a", "/b", "/c")) {
            send(openStream(), request(target));
        }
        assertThat(passed).containsExactly("/a");

        nextIteration();
        assertThat(passed).startsWith("/a", "/b");
        nextIteration();
        assertThat(passed).containsExactly("/a", "/b", "/c");
    }

    @Test
    void requestsWhenReadOneAfterTheOtherThenTheyPassAtOnce() {
        send(openStream(), request("/a"));
        connection.pipeline().fireChannelReadComplete();
        send(openStream(), request("/b"));

        assertThat(passed).containsExactly("/a", "/b");
    }

    @Test
    void requestWhenTheConnectionIsNotWritableThenItWaitsWithItsBody() {
        setWritable(false);
        EmbeddedChannel stream = openStream();
        send(stream, new DefaultHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.POST, "/a"));
        send(stream, new DefaultHttpContent(Unpooled.copyLong(1)));
        nextIteration();
        assertThat(passed).isEmpty();
        assertThat(stream.config().isAutoRead()).isFalse();

        setWritable(true);
        nextIteration();
        send(stream, LastHttpContent.EMPTY_LAST_CONTENT);

        assertThat(passed).containsExactly("/a", "+", "+");
    }

    @Test
    void requestWhenItsStreamIsClosedWhileItWaitsThenItIsReleasedAndTheOthersPass() {
        setWritable(false);
        EmbeddedChannel stream = openStream();
        FullHttpRequest closed = request("/a");
        HttpContent part = new DefaultHttpContent(Unpooled.copyLong(1));
        send(stream, closed);
        send(stream, part);
        send(openStream(), request("/b"));

        var unused = stream.close();
        stream.runPendingTasks();
        setWritable(true);
        nextIteration();
        nextIteration();

        assertThat(closed.refCnt()).isZero();
        assertThat(part.refCnt()).isZero();
        assertThat(passed).containsExactly("/b");
    }
}
