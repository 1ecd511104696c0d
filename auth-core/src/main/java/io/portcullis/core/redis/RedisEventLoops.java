package io.portcullis.core.redis;

import io.lettuce.core.resource.DefaultEventLoopGroupProvider;
import io.lettuce.core.resource.EpollProvider;
import io.lettuce.core.resource.Transports;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.IoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioSocketChannel;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.StreamSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Holds the event loops of the connections. They are either shared with the application, so that a check needs no change of
 * thread, or separate ones. {@link #close} shuts down only separate ones.
 */
record RedisEventLoops(EventLoopGroup group, List<EventLoop> all, boolean owned) {
    private static final Logger log = LoggerFactory.getLogger(RedisEventLoops.class);
    private static final int MAX_OWN = 4;

    static RedisEventLoops create() {
        int threads = Math.min(MAX_OWN, Runtime.getRuntime().availableProcessors());
        return of(new DefaultEventLoopGroupProvider(threads).allocate(Transports.eventLoopGroupClass()), true);
    }

    /** Shares the application's event loops if their transport fits Lettuce's channels; otherwise creates separate ones. */
    static RedisEventLoops share(EventLoopGroup group) {
        if (supportsLettuce(group)) {
            return of(group, false);
        }
        log.warn(
                "Redis uses separate event loops: {} does not support {}",
                group.next(),
                Transports.socketChannelClass());
        return create();
    }

    private static RedisEventLoops of(EventLoopGroup group, boolean owned) {
        List<EventLoop> all = StreamSupport.stream(group.spliterator(), false)
                .filter(EventLoop.class::isInstance)
                .map(EventLoop.class::cast)
                .toList();
        return new RedisEventLoops(group, all, owned);
    }

    /**
     * Returns whether Lettuce's channels can be registered with these event loops. Lettuce prefers epoll. Reactor Netty does not
     * if io_uring is available or native transports are disabled.
     */
    private static boolean supportsLettuce(EventLoopGroup group) {
        if (!(group.next() instanceof IoEventLoopGroup loop)) {
            return false;
        }
        if (EpollProvider.isAvailable()) {
            return loop.isIoType(EpollIoHandler.class);
        }
        return Transports.socketChannelClass() != NioSocketChannel.class || loop.isIoType(NioIoHandler.class);
    }

    void close(long limitMillis) {
        if (owned) {
            var unused = group.shutdownGracefully(0, limitMillis, TimeUnit.MILLISECONDS);
        }
    }
}
