package io.portcullis.core.r2dbc.pool;

import io.netty.channel.Channel;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.epoll.EpollChannelOption;
import java.time.Duration;
import reactor.netty.resources.LoopResources;
import reactor.netty.tcp.TcpResources;

/**
 * The event loops that the driver takes by default. They are its only way to the channels that it makes, each of which gets a
 * {@link ResponseTimeoutHandler} and a TCP user timeout here: the driver knows neither.
 */
final class ResponseTimeoutLoopResources implements LoopResources {
    private final MySqlTimeouts timeouts;
    private final Duration silence;

    /** @param silence longest silence on a connection, used or not */
    ResponseTimeoutLoopResources(MySqlTimeouts timeouts, Duration silence) {
        this.timeouts = timeouts;
        this.silence = silence;
    }

    @Override
    public <C extends Channel> C onChannel(Class<C> type, EventLoopGroup group) {
        C channel = TcpResources.get().onChannel(type, group);
        // False where it is not known, as with Java's own sockets.
        boolean unused = channel.config()
                .setOption(
                        EpollChannelOption.TCP_USER_TIMEOUT,
                        Math.toIntExact(timeouts.tcpUser().toMillis()));
        channel.pipeline().addLast(new ResponseTimeoutHandler(timeouts.response(), silence));
        return channel;
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
