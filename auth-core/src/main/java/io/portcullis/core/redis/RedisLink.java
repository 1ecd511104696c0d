package io.portcullis.core.redis;

import io.lettuce.core.api.StatefulConnection;
import io.netty.util.concurrent.EventExecutorGroup;
import java.time.Duration;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One connection that is made in the background, however long that takes. Once made, Lettuce reconnects it. */
final class RedisLink<C extends StatefulConnection<String, String>> {
    private static final Logger log = LoggerFactory.getLogger(RedisLink.class);

    private final Supplier<? extends CompletionStage<C>> connect;
    private final EventExecutorGroup executor;
    private final Duration retryDelay;
    private final AtomicBoolean reported = new AtomicBoolean();
    private volatile @Nullable C connection;
    private volatile boolean closed;

    RedisLink(Supplier<? extends CompletionStage<C>> connect, EventExecutorGroup executor, Duration retryDelay) {
        this.connect = connect;
        this.executor = executor;
        this.retryDelay = retryDelay;
    }

    /** Begins to connect. */
    void open() {
        if (closed) {
            return;
        }
        try {
            var unused = connect.get().whenComplete(this::connected);
        } catch (RuntimeException e) {
            retry(e);
        }
    }

    /** Null until the first connection was made; connected or not ever after. */
    @Nullable
    C connection() {
        return connection;
    }

    void close() {
        closed = true;
        C current = connection;
        if (current != null) {
            var unused = current.closeAsync();
        }
    }

    private void connected(@Nullable C made, @Nullable Throwable failure) {
        if (failure != null || made == null) {
            retry(failure);
            return;
        }
        connection = made;
        if (closed) {
            close();
        }
    }

    private void retry(@Nullable Throwable failure) {
        if (closed || executor.isShuttingDown()) {
            return;
        }
        if (reported.compareAndSet(false, true)) {
            log.warn("Redis cannot be reached yet; trying on in the background: {}", String.valueOf(failure));
        }
        var unused = executor.schedule(this::open, retryDelay.toMillis(), TimeUnit.MILLISECONDS);
    }
}
