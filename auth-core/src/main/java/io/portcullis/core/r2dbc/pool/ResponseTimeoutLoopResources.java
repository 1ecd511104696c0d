package io.portcullis.core.r2dbc.pool;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.channel.group.ChannelGroup;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import reactor.netty.resources.LoopResources;
import reactor.netty.tcp.TcpResources;

/**
 * Adds a {@link ResponseTimeoutHandler} and a TCP user timeout to each channel of the driver, which supports neither. Event loop
 * resources are the driver's only extension point for channels. Delegates to Reactor Netty's default event loops, which the
 * driver uses anyway.
 */
final class ResponseTimeoutLoopResources implements LoopResources {
    private final MySqlTimeouts timeouts;
    private final Duration maxIdle;
    private final @Nullable ChannelGroup channels;

    /** @param maxIdle the maximum silence on a connection without an outstanding request */
    ResponseTimeoutLoopResources(MySqlTimeouts timeouts, Duration maxIdle) {
        this(timeouts, maxIdle, null);
    }

    /** @param channels receives each channel once it can be closed, so that the channels to one server can be closed together; null for none */
    ResponseTimeoutLoopResources(MySqlTimeouts timeouts, Duration maxIdle, @Nullable ChannelGroup channels) {
        this.timeouts = timeouts;
        this.maxIdle = maxIdle;
        this.channels = channels;
    }

    @Override
    public <C extends Channel> C onChannel(Class<C> type, EventLoopGroup group) {
        C channel = TcpResources.get().onChannel(type, group);
        // Returns false if the transport does not support the option, as NIO does not.
        boolean unused = channel.config()
                .setOption(
                        EpollChannelOption.TCP_USER_TIMEOUT,
                        Math.toIntExact(timeouts.tcpUser().toMillis()));
        channel.pipeline().addLast(new ResponseTimeoutHandler(timeouts.response(), maxIdle));
        if (channels != null) {
            channel.pipeline().addLast(new Membership(channels));
        }
        return channel;
    }

    /** Adds a channel to a group when it has its event loop. Before, its close throws. */
    private static final class Membership extends ChannelInboundHandlerAdapter {
        private final ChannelGroup channels;

        private Membership(ChannelGroup channels) {
            this.channels = channels;
        }

        @Override
        public void channelRegistered(ChannelHandlerContext context) throws Exception {
            channels.add(context.channel());
            super.channelRegistered(context);
        }
    }

    @Override
    public <C extends Channel> Class<? extends C> onChannelClass(Class<C> type, EventLoopGroup group) {
        return TcpResources.get().onChannelClass(type, group);
    }

    @Override
    public EventLoopGroup onClient(boolean useNative) {
        return TcpResources.get().onClient(useNative);
    }

    @Override
    public EventLoopGroup onServer(boolean useNative) {
        return TcpResources.get().onServer(useNative);
    }

    @Override
    public EventLoopGroup onServerSelect(boolean useNative) {
        return TcpResources.get().onServerSelect(useNative);
    }

    @Override
    public boolean daemon() {
        return true;
    }
}
