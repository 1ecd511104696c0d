package io.portcullis.core.r2dbc.pool;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.Channel;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.channel.socket.SocketChannel;
import io.netty.util.concurrent.GlobalEventExecutor;
import io.portcullis.testbed.Await;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class ResponseTimeoutLoopResourcesTests {
    private final ChannelGroup channels = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE);
    private final ResponseTimeoutLoopResources loops =
            new ResponseTimeoutLoopResources(MySqlTimeouts.defaults(), Duration.ofSeconds(90), channels);

    /** A node that leaves a server closes the group while other threads make connections to that server. */
    @Test
    void closeOfTheGroupWhenAChannelHasNoEventLoopYetThenItDoesNotFail() throws Exception {
        EventLoopGroup group = loops.onClient(true);
        Channel channel = loops.onChannel(SocketChannel.class, group);

        channels.close().sync();

        assertThat(channel.isOpen()).isTrue();
        group.register(channel).sync();
        Await.until("the channel is a member", () -> channels.contains(channel));
        channels.close().sync();
        assertThat(channel.isOpen()).isFalse();
    }
}
