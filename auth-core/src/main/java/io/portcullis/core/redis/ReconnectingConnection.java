package io.portcullis.core.redis;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import io.lettuce.core.RedisChannelHandler;
import io.lettuce.core.RedisConnectionStateListener;
import io.lettuce.core.api.StatefulConnection;
import io.netty.util.concurrent.EventExecutorGroup;
import io.portcullis.core.error.RootCause;
import java.util.Objects;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Establishes one connection in the background, retries without limit, and re-establishes a lost connection. Lettuce's own
 * reconnection is not used, because it would use a server before {@link MasterCheck} has verified its role. In a Cluster, Lettuce
 * reconnects to the nodes by itself. Thread-safe.
 */
final class ReconnectingConnection<C extends StatefulConnection<String, String>> {
    private static final Logger log = LoggerFactory.getLogger(ReconnectingConnection.class);
    private static final int MIN_DELAY_MILLIS = 50;
    private static final int MAX_DELAY_MILLIS = 400;

    private final Supplier<? extends CompletionStage<C>> connect;
    private final EventExecutorGroup executor;
    private final boolean reconnects;
    private final AtomicBoolean reported;
    private final AtomicReference<State<C>> state = new AtomicReference<>(new State<>(0, null));
    private volatile boolean closed;

    /**
     * @param connect establishes a connection that is ready for use
     * @param reconnects whether to re-establish a lost connection
     */
    ReconnectingConnection(
            Supplier<? extends CompletionStage<C>> connect, EventExecutorGroup executor, boolean reconnects) {
        this(connect, executor, reconnects, new AtomicBoolean());
    }

    /**
     * @param reported whether the current outage has been logged; shared by all connections to the server, so that it is logged
     *     once
     */
    ReconnectingConnection(
            Supplier<? extends CompletionStage<C>> connect,
            EventExecutorGroup executor,
            boolean reconnects,
            AtomicBoolean reported) {
        this.reported = reported;
        this.connect = connect;
        this.executor = executor;
        this.reconnects = reconnects;
    }

    /** Starts to connect. Closes the current connection, and discards the result of an attempt in progress. Returns at once. */
    void open() {
        connect(next());
    }

    /** Returns the open connection; null if there is none. */
    @Nullable
    C connection() {
        C current = state().connection;
        return current != null && current.isOpen() ? current : null;
    }

    /** Returns whether {@link #open} was ever called. */
    boolean opened() {
        return state().attempt > 0;
    }

    /** Returns whether the connection is not open, although {@link #open} was called. */
    boolean missing() {
        return opened() && connection() == null;
    }

    /** Closes the connection and stops all attempts for good. */
    void close() {
        closed = true;
        next();
    }

    /** Discards the current attempt and closes its connection; returns the number of the next attempt. */
    @CanIgnoreReturnValue
    private int next() {
        State<C> before = Objects.requireNonNull(state.getAndUpdate(now -> new State<>(now.attempt + 1, null)));
        closeUnused(before.connection);
        return before.attempt + 1;
    }

    private State<C> state() {
        return Objects.requireNonNull(state.get());
    }

    private void connect(int attempt) {
        if (closed || attempt != state().attempt) {
            return;
        }
        try {
            var unused =
                    connect.get().whenComplete((connection, failure) -> onConnectEnd(attempt, connection, failure));
        } catch (RuntimeException e) {
            retry(attempt, e);
        }
    }

    private void onConnectEnd(int attempt, @Nullable C connection, @Nullable Throwable failure) {
        if (failure != null || connection == null) {
            retry(attempt, failure);
        } else if (!storeIfCurrent(attempt, connection)) {
            closeUnused(connection);
        } else if (reconnects) {
            reconnectOnLoss(attempt, connection);
        }
    }

    /** Stores the connection, unless its attempt has been discarded: it must not replace the connection of a later attempt. */
    private boolean storeIfCurrent(int attempt, C connection) {
        State<C> now = state();
        boolean stored =
                now.attempt == attempt && !closed && state.compareAndSet(now, new State<>(attempt, connection));
        if (stored) {
            reported.set(false);
        }
        return stored;
    }

    private void reconnectOnLoss(int attempt, C connection) {
        connection.addListener(new RedisConnectionStateListener() {
            @Override
            public void onRedisDisconnected(RedisChannelHandler<?, ?> handler) {
                onLost(attempt, connection);
            }
        });
        // The connection may have been lost before the listener was added.
        if (!connection.isOpen()) {
            onLost(attempt, connection);
        }
    }

    private void onLost(int attempt, C connection) {
        State<C> now = state();
        if (now.connection == connection && state.compareAndSet(now, new State<>(attempt, null))) {
            closeUnused(connection);
            retry(attempt, null);
        }
    }

    private static void closeUnused(@Nullable StatefulConnection<?, ?> unwanted) {
        if (unwanted != null) {
            var unused = unwanted.closeAsync();
        }
    }

    private void retry(int attempt, @Nullable Throwable failure) {
        if (closed || executor.isShuttingDown()) {
            return;
        }
        if (failure != null && reported.compareAndSet(false, true)) {
            log.warn("Cannot connect to Redis; retrying in the background: {}", RootCause.describe(failure));
        }
        int delay = ThreadLocalRandom.current().nextInt(MIN_DELAY_MILLIS, MAX_DELAY_MILLIS);
        var unused = executor.schedule(() -> connect(attempt), delay, TimeUnit.MILLISECONDS);
    }

    /**
     * Represents the current attempt and its result.
     *
     * @param attempt the number of the attempt; incremented to discard an attempt in progress or a connection
     * @param connection the connection of that attempt; null until it is established
     */
    private record State<C>(int attempt, @Nullable C connection) {}
}
