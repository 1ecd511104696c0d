package io.portcullis.core.redis;

import io.lettuce.core.RedisChannelHandler;
import io.lettuce.core.RedisConnectionStateListener;
import io.lettuce.core.api.StatefulConnection;
import io.netty.util.concurrent.EventExecutorGroup;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One connection that is made in the background, however long that takes, and made anew when it is lost: Lettuce would use a server
 * before anybody could ask whether it is the master. Only in a Cluster it is Lettuce that connects to the nodes again.
 */
final class RedisLink<C extends StatefulConnection<String, String>> {
    private static final Logger log = LoggerFactory.getLogger(RedisLink.class);
    private static final int MIN_DELAY_MILLIS = 50;
    private static final int MAX_DELAY_MILLIS = 400;

    private final Supplier<? extends CompletionStage<C>> connect;
    private final EventExecutorGroup executor;
    private final boolean remade;
    private final AtomicBoolean reported = new AtomicBoolean();
    /** Goes up when an attempt under way, or a connection, is not wanted any more. */
    private final AtomicInteger attempt = new AtomicInteger();

    private final AtomicReference<@Nullable C> connection = new AtomicReference<>();
    private volatile boolean closed;

    /**
     * @param connect makes a connection that may be used at once
     * @param remade whether to make it anew when it is lost
     */
    RedisLink(Supplier<? extends CompletionStage<C>> connect, EventExecutorGroup executor, boolean remade) {
        this.connect = connect;
        this.executor = executor;
        this.remade = remade;
    }

    /** Begins to connect; what there was is closed, and an attempt under way comes to nothing. */
    void open() {
        int own = attempt.incrementAndGet();
        drop(connection.getAndSet(null));
        connect(own);
    }

    /** Null while there is none that is open. */
    @Nullable
    C connection() {
        C current = connection.get();
        return current != null && current.isOpen() ? current : null;
    }

    /** Whether it was ever told to open. */
    boolean opened() {
        return attempt.get() > 0;
    }

    void close() {
        closed = true;
        attempt.incrementAndGet();
        drop(connection.getAndSet(null));
    }

    private void connect(int own) {
        if (closed || own != attempt.get()) {
            return;
        }
        try {
            var unused = connect.get().whenComplete((made, failure) -> connected(own, made, failure));
        } catch (RuntimeException e) {
            retry(own, e);
        }
    }

    private void connected(int own, @Nullable C made, @Nullable Throwable failure) {
        if (failure != null || made == null) {
            retry(own, failure);
            return;
        }
        connection.set(made);
        if (closed || own != attempt.get()) {
            lost(own, made);
        } else if (remade) {
            watch(own, made);
        }
    }

    private void watch(int own, C made) {
        made.addListener(new RedisConnectionStateListener() {
            @Override
            public void onRedisDisconnected(RedisChannelHandler<?, ?> handler) {
                lost(own, made);
            }
        });
        // It may have been lost before anybody listened.
        if (!made.isOpen()) {
            lost(own, made);
        }
    }

    private void lost(int own, C made) {
        if (connection.compareAndSet(made, null)) {
            drop(made);
            retry(own, null);
        }
    }

    private static void drop(@Nullable StatefulConnection<?, ?> unwanted) {
        if (unwanted != null) {
            var unused = unwanted.closeAsync();
        }
    }

    private void retry(int own, @Nullable Throwable failure) {
        if (closed || executor.isShuttingDown()) {
            return;
        }
        if (failure != null && reported.compareAndSet(false, true)) {
            log.warn("Redis cannot be reached yet; trying on in the background: {}", String.valueOf(failure));
        }
        int delay = ThreadLocalRandom.current().nextInt(MIN_DELAY_MILLIS, MAX_DELAY_MILLIS);
        var unused = executor.schedule(() -> connect(own), delay, TimeUnit.MILLISECONDS);
    }
}
