package io.portcullis.gateway.stream;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.ReferenceCountUtil;
import java.security.NoSuchAlgorithmException;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import org.junit.jupiter.api.Test;

class ConnectionCloseTests {
    private static SslHandler tls() throws NoSuchAlgorithmException {
        SSLEngine engine = SSLContext.getDefault().createSSLEngine();
        engine.setUseClientMode(false);
        return new SslHandler(engine);
    }

    /** A socket that accepts no bytes: writes never complete. */
    private static final class Stalled extends ChannelOutboundHandlerAdapter {
        @Override
        public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
            ReferenceCountUtil.release(message);
        }
    }

    private static void advance(EmbeddedChannel channel, long millis) {
        channel.advanceTimeBy(millis, TimeUnit.MILLISECONDS);
        channel.runScheduledPendingTasks();
    }

    @Test
    void startWhenThePeerOfTlsReadsNothingThenClosesAfterHalfASecond() throws Exception {
        EmbeddedChannel channel = new EmbeddedChannel(new Stalled(), tls());
        channel.freezeTime();

        ConnectionClose.start(channel);
        channel.runPendingTasks();
        advance(channel, 499);
        assertThat(channel.isOpen()).as("waits for close_notify").isTrue();
        advance(channel, 1);

        assertThat(channel.isOpen()).isFalse();
    }

    @Test
    void inAnyCaseWhenTlsIsClosingAlreadyThenClosesAfterHalfASecond() throws Exception {
        EmbeddedChannel channel = new EmbeddedChannel(new Stalled(), tls());
        channel.freezeTime();
        ConnectionClose.inAnyCase(channel);
        advance(channel, 499);
        assertThat(channel.isOpen()).isTrue();
        // The method of the channel itself would cancel the scheduled tasks.
        var unused = channel.pipeline().close();
        channel.runPendingTasks();

        advance(channel, 1);

        assertThat(channel.isOpen()).isFalse();
    }

    @Test
    void startWhenWithoutTlsThenClosesAtOnce() {
        EmbeddedChannel channel = new EmbeddedChannel(new Stalled());

        ConnectionClose.start(channel);
        channel.runPendingTasks();

        assertThat(channel.isOpen()).isFalse();
    }
}
