package io.portcullis.core.redis;

import io.lettuce.core.api.StatefulConnection;
import io.netty.channel.EventLoop;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Consumer;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Holds one connection per event loop, and one more for all other threads. Only its event loop writes to a connection, so the
 * lock that Lettuce takes per command is never contended.
 */
final class EventLoopConnections {
    private final List<Entry> entries;
    private final ReconnectingConnection<StatefulConnection<String, String>> others;

    /** @param link creates the reconnecting connection for the event loop with the given index */
    EventLoopConnections(
            List<EventLoop> loops,
            Duration readTimeout,
            IntFunction<ReconnectingConnection<StatefulConnection<String, String>>> link) {
        this.entries = IntStream.range(0, loops.size())
                .mapToObj(i -> entry(loops.get(i), link.apply(i), readTimeout))
                .toList();
        this.others = link.apply(0);
    }

    private Entry entry(
            EventLoop loop, ReconnectingConnection<StatefulConnection<String, String>> link, Duration readTimeout) {
        return new Entry(link, new LookupTimeouts(loop, readTimeout), new LookupBatch(loop, this::connection));
    }

    void open() {
        entries.forEach(each -> each.link.open());
        others.open();
    }

    /** Returns the number of connections that are not open. */
    int missing() {
        long missing = entries.stream().filter(each -> each.link.missing()).count();
        return (int) missing + (others.missing() ? 1 : 0);
    }

    void close() {
        entries.forEach(each -> each.link.close());
        others.close();
    }

    /** Runs the action for each open connection, on the event loop of that connection. Returns before the actions have run. */
    void forEach(Consumer<StatefulConnection<String, String>> action) {
        for (Entry each : entries) {
            if (!each.timeouts.loop().isShuttingDown()) {
                each.timeouts.loop().execute(() -> withConnection(each.link, action));
            }
        }
        withConnection(others, action);
    }

    private static void withConnection(
            ReconnectingConnection<StatefulConnection<String, String>> link,
            Consumer<StatefulConnection<String, String>> action) {
        StatefulConnection<String, String> connection = link.connection();
        if (connection != null) {
            action.accept(connection);
        }
    }

    /**
     * Sends the look-up on the connection of the calling event loop, or on that of a random one if the calling thread is none of them.
     * Throws {@link RejectedExecutionException} if the event loops are being shut down.
     */
    void send(GetTokenCommand lookup) {
        Entry current = current();
        if (current != null) {
            current.send(lookup);
        } else {
            Entry any = entries.get(ThreadLocalRandom.current().nextInt(entries.size()));
            any.timeouts.loop().execute(() -> any.send(lookup));
        }
    }

    /**
     * Returns the time in nanoseconds for which the calling event loop has stalled since {@code start}; 0 on any other thread.
     */
    long stalledNanosSince(long start) {
        Entry current = current();
        return current == null ? 0 : current.timeouts.stalledNanosSince(start);
    }

    /** Returns the connection of the calling thread, or else any open one; null if none is open. */
    @Nullable
    StatefulConnection<String, String> connection() {
        Entry current = current();
        StatefulConnection<String, String> connection =
                current == null ? others.connection() : current.link.connection();
        return connection != null ? connection : anyOpen();
    }

    private @Nullable StatefulConnection<String, String> anyOpen() {
        for (Entry each : entries) {
            StatefulConnection<String, String> connection = each.link.connection();
            if (connection != null) {
                return connection;
            }
        }
        return others.connection();
    }

    /** Finds the entry of the calling event loop by a linear search, which is faster than a map for one entry per processor. */
    private @Nullable Entry current() {
        for (int i = 0; i < entries.size(); i++) {
            Entry each = entries.get(i);
            if (each.timeouts.loop().inEventLoop()) {
                return each;
            }
        }
        return null;
    }

    private record Entry(
            ReconnectingConnection<StatefulConnection<String, String>> link,
            LookupTimeouts timeouts,
            LookupBatch batch) {
        void send(GetTokenCommand lookup) {
            lookup.startTimeout(timeouts);
            batch.add(lookup);
        }
    }
}
