package io.portcullis.gateway.fastpath;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import org.junit.jupiter.api.Test;

class PostponedCloseTests {
    private final ClientLimits limits = new ClientLimits(null, 0);
    private final PostponedClose postponed = new PostponedClose(limits);
    private final SlowClient client = new SlowClient();
    private final ChannelHandlerContext ctx = client.pipeline().firstContext();

    @Test
    void aRequestThatBeginsBeforeTheClientTookTheLastResponseIsNotCut() {
        postponed.requestBegins();
        var written = client.write(Unpooled.copiedBuffer(new byte[10]));
        client.flush();
        postponed.responseComplete(ctx);
        assertThat(written.isDone()).isFalse();
        limits.stop();
        postponed.requestBegins();
        var close = client.newPromise();
        assertThat(postponed.postpone(close)).isTrue();

        client.takeAll();
        assertThat(client.isOpen()).isTrue();
        assertThat(limits.underWay()).isOne();

        postponed.responseComplete(ctx);
        postponed.closeIfIdle(ctx);
        assertThat(close.isSuccess()).isTrue();
        assertThat(client.isOpen()).isFalse();
        assertThat(limits.underWay()).isZero();
    }

    /** A client that takes no bytes until it is told to. */
    private static final class SlowClient extends EmbeddedChannel {
        private boolean takes;

        SlowClient() {
            super(new ChannelOutboundHandlerAdapter());
        }

        void takeAll() {
            takes = true;
            flush();
        }

        @Override
        protected void doWrite(ChannelOutboundBuffer in) throws Exception {
            if (takes) {
                super.doWrite(in);
            }
        }
    }
}
