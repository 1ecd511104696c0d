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
 * The event loops that the connections live on: those of the application, on which a check is then asked and answered without a
 * change of thread, and which are left running; or some of its own.
 */
record RedisEventLoops(EventLoopGroup group, List<EventLoop> all, boolean own) {
    private static final Logger log = LoggerFactory.getLogger(RedisEventLoops.class);
    private static final int MAX_OWN = 4;

    static RedisEventLoops make() {
        int threads = Math.min(MAX_OWN, Runtime.getRuntime().availableProcessors());
        return of(new DefaultEventLoopGroupProvider(threads).allocate(Transports.eventLoopGroupClass()), true);
    }

    /** Of the application, if Lettuce's channels can live there; otherwise some of its own. */
    static RedisEventLoops share(EventLoopGroup group) {
        if (fits(group)) {
            return of(group, false);
        }
        log.warn(
                "Redis gets event loops of its own: {} is no loop for a {}",
                group.next(),
                Transports.socketChannelClass());
        return make();
    }

    private static RedisEventLoops of(EventLoopGroup group, boolean own) {
        List<EventLoop> all = StreamSupport.stream(group.spliterator(), false)
                .filter(EventLoop.class::isInstance)
                .map(EventLoop.class::cast)
                .toList();
        return new RedisEventLoops(group, all, own);
    }

    /** Lettuce prefers epoll, which reactor-netty does not where io_uring is there or native transports are off. */
    private static boolean fits(EventLoopGroup group) {
        if (!(group.next() instanceof IoEventLoopGroup loop)) {
            return false;
        }
        if (EpollProvider.isAvailable()) {
            return loop.isIoType(EpollIoHandler.class);
        }
        return Transports.socketChannelClass() != NioSocketChannel.class || loop.isIoType(NioIoHandler.class);
    }

    void close(long limitMillis) {
        if (own) {
            var unused = group.shutdownGracefully(0, limitMillis, TimeUnit.MILLISECONDS);
        }
    }
}
