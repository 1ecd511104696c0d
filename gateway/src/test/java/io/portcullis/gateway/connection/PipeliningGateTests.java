package io.portcullis.gateway.connection;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.DefaultHttpRequest;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import reactor.netty.NettyPipeline;

class PipeliningGateTests {
    private final List<String> passed = new ArrayList<>();
    private final EmbeddedChannel channel = new EmbeddedChannel();
    private boolean takes = true;
    private boolean asksForBodies;
    private int reads;

    PipeliningGateTests() {
        channel.pipeline().addLast(NettyPipeline.HttpCodec, new ChannelOutboundHandlerAdapter() {
            @Override
            public void read(ChannelHandlerContext context) {
                reads++;
            }

            @Override
            public void flush(ChannelHandlerContext context) {
                if (takes) {
                    context.flush();
                }
            }
        });
        channel.pipeline().addLast(new ChannelInboundHandlerAdapter() {
            @Override
            public void channelRead(ChannelHandlerContext context, Object message) {
                passed.add(message instanceof HttpRequest request ? request.uri() : "end");
                if (asksForBodies && message instanceof HttpRequest) {
                    context.read();
                }
            }
        });
        PipeliningGate.addTo(channel);
        channel.config().setWriteBufferWaterMark(new WriteBufferWaterMark(100, 200));
    }

    private void request(String uri) {
        channel.writeInbound(
                new DefaultHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.GET, uri), LastHttpContent.EMPTY_LAST_CONTENT);
    }

    private int readsWhenAsked() {
        reads = 0;
        channel.read();
        return reads;
    }

    private void respond(int bytes) {
        channel.writeOutbound(new DefaultHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.OK));
        channel.writeOutbound(new DefaultHttpContent(Unpooled.wrappedBuffer(new byte[bytes])));
        channel.writeOutbound(LastHttpContent.EMPTY_LAST_CONTENT);
        channel.runPendingTasks();
    }

    @Test
    void requestWhenOneIsUnansweredThenWaitsAndNothingMoreIsRead() {
        request("/1");
        request("/2");
        request("/3");

        assertThat(passed).containsExactly("/1", "end");
        assertThat(readsWhenAsked()).isZero();
        assertThat(channel.config().isAutoRead()).isFalse();

        respond(10);
        assertThat(passed).containsExactly("/1", "end", "/2", "end");
        respond(10);
        assertThat(passed).containsExactly("/1", "end", "/2", "end", "/3", "end");
        assertThat(readsWhenAsked()).isEqualTo(1);
    }

    @Test
    void requestWhenTheClientTakesNoAnswersThenWaitsUntilItDoes() {
        takes = false;
        request("/1");
        respond(1_000);
        request("/2");
        assertThat(passed).containsExactly("/1", "end");

        takes = true;
        channel.flush();
        channel.runPendingTasks();

        assertThat(passed).containsExactly("/1", "end", "/2", "end");
    }

    @Test
    void readWhenTheClientTakesNoAnswersThenIsMadeUpForLater() {
        takes = false;
        request("/1");
        respond(1_000);
        assertThat(readsWhenAsked()).isZero();

        takes = true;
        channel.flush();

        assertThat(reads).isEqualTo(1);
    }

    @Test
    void readWhenABodyIsOnItsWayThenIsNotHeldUp() {
        takes = false;
        channel.writeInbound(new DefaultHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.POST, "/1"));
        channel.writeOutbound(new DefaultHttpContent(Unpooled.wrappedBuffer(new byte[1_000])));

        assertThat(readsWhenAsked()).isEqualTo(1);
    }

    @Test
    void requestWhenAPartOfItsBodyWaitsThenTheRestIsRead() {
        request("/1");
        channel.writeInbound(
                new DefaultHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.POST, "/2"),
                new DefaultHttpContent(Unpooled.wrappedBuffer(new byte[1])));
        asksForBodies = true;
        reads = 0;

        respond(10);

        assertThat(passed).containsExactly("/1", "end", "/2", "end");
        assertThat(reads).isEqualTo(1);
    }

    @Test
    void answerWhenOnlyInformationalThenTheNextRequestWaits() {
        request("/1");
        request("/2");

        channel.writeOutbound(new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.CONTINUE));
        channel.runPendingTasks();

        assertThat(passed).containsExactly("/1", "end");
    }

    @Test
    void channelWhenItClosesThenWhatWaitsIsReleased() {
        var content = new DefaultHttpContent(Unpooled.buffer(1).writeByte(1));
        request("/1");
        channel.writeInbound(new DefaultHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.POST, "/2"), content);

        channel.finishAndReleaseAll();

        assertThat(content.refCnt()).isZero();
    }
}
