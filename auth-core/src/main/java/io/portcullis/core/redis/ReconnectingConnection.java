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
 * One connection that is made in the background, however long that takes, and made anew when it is lost: Lettuce would use a server
 * before anybody could ask whether it is the master. Only in a Cluster it is Lettuce that connects to the nodes again.
 */
final class ReconnectingConnection<C extends StatefulConnection<String, String>> {
    private static final Logger log = LoggerFactory.getLogger(ReconnectingConnection.class);
    private static final int MIN_DELAY_MILLIS = 50;
    private static final int MAX_DELAY_MILLIS = 400;

    private final Supplier<? extends CompletionStage<C>> connect;
    private final EventExecutorGroup executor;
    private final boolean remade;
    private final AtomicBoolean reported;
    private final AtomicReference<State<C>> state = new AtomicReference<>(new State<>(0, null));
    private volatile boolean closed;

    /**
     * @param connect makes a connection that may be used at once
     * @param remade whether to make it anew when it is lost
     */
    ReconnectingConnection(
            Supplier<? extends CompletionStage<C>> connect, EventExecutorGroup executor, boolean remade) {
        this(connect, executor, remade, new AtomicBoolean());
    }

    /** @param reported whether the log says already that the server cannot be reached, shared by all links to it */
    ReconnectingConnection(
            Supplier<? extends CompletionStage<C>> connect,
            EventExecutorGroup executor,
            boolean remade,
            AtomicBoolean reported) {
        this.reported = reported;
        this.connect = connect;
        this.executor = executor;
        this.remade = remade;
    }

    /** Begins to connect; what there was is closed, and an attempt under way comes to nothing. */
    void open() {
        connect(next());
    }

    /** Null while there is none that is open. */
    @Nullable
    C connection() {
        C current = state().connection;
        return current != null && current.isOpen() ? current : null;
    }

    /** Whether it was ever told to open. */
    boolean opened() {
        return state().attempt > 0;
    }

    void close() {
        closed = true;
        next();
    }

    /** Ends the attempt under way, or the connection that it made, and gives the number of the next one. */
    @CanIgnoreReturnValue
    private int next() {
        State<C> before = Objects.requireNonNull(state.getAndUpdate(now -> new State<>(now.attempt + 1, null)));
        drop(before.connection);
        return before.attempt + 1;
    }

    private State<C> state() {
        return Objects.requireNonNull(state.get());
    }

    private void connect(int own) {
        if (closed || own != state().attempt) {
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
        } else if (!keep(own, made)) {
            drop(made);
        } else if (remade) {
            watch(own, made);
        }
    }

    /** False for what an attempt made that had come to nothing: it must not take the place of what a later one made. */
    private boolean keep(int own, C made) {
        State<C> now = state();
        boolean kept = now.attempt == own && !closed && state.compareAndSet(now, new State<>(own, made));
        if (kept) {
            reported.set(false);
        }
        return kept;
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
        State<C> now = state();
        if (now.connection == made && state.compareAndSet(now, new State<>(own, null))) {
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
            log.warn("Redis cannot be reached; trying on in the background: {}", RootCause.describe(failure));
        }
        int delay = ThreadLocalRandom.current().nextInt(MIN_DELAY_MILLIS, MAX_DELAY_MILLIS);
        var unused = executor.schedule(() -> connect(own), delay, TimeUnit.MILLISECONDS);
    }

    /**
     * @param attempt goes up when an attempt under way, or a connection, is not wanted any more
     * @param connection what that attempt made, null until it did
     */
    private record State<C>(int attempt, @Nullable C connection) {}
}
