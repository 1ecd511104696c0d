package io.portcullis.core.redis;

import io.lettuce.core.api.StatefulConnection;
import io.netty.channel.EventLoop;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Consumer;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * A connection for each event loop, written to from that loop alone, so that nobody ever waits for the lock that Lettuce takes per
 * command; and one for all other threads.
 */
final class EventLoopConnections {
    private final List<Entry> entries;
    private final ReconnectingConnection<StatefulConnection<String, String>> others;

    /** @param link makes the link whose connection is on the loop of that index */
    EventLoopConnections(
            List<EventLoop> loops,
            Duration readTimeout,
            IntFunction<ReconnectingConnection<StatefulConnection<String, String>>> link) {
        this.entries = IntStream.range(0, loops.size())
                .mapToObj(i -> new Entry(link.apply(i), new LookupTimeouts(loops.get(i), readTimeout)))
                .toList();
        this.others = link.apply(0);
    }

    void open() {
        entries.forEach(each -> each.link.open());
        others.open();
    }

    void close() {
        entries.forEach(each -> each.link.close());
        others.close();
    }

    /** Runs the action with each connection that is open, on the event loop that alone may write to it. */
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

    /** The deadlines of the calling thread's loop; null if it is none of them. */
    @Nullable
    LookupTimeouts currentTimeouts() {
        Entry current = current();
        return current == null ? null : current.timeouts;
    }

    /** Those of any loop. */
    LookupTimeouts anyTimeouts() {
        return entries.get(ThreadLocalRandom.current().nextInt(entries.size())).timeouts;
    }

    /** How much of the time since then the calling thread was away, if it is one of the loops; see {@link LookupTimeouts}. */
    long stalledNanosSince(long start) {
        LookupTimeouts home = currentTimeouts();
        return home == null ? 0 : home.stalledNanosSince(start);
    }

    /** The calling thread's own connection, or another that is open; null if none is. */
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

    /** There is one per processor: comparing threads is quicker than any map. */
    private @Nullable Entry current() {
        for (int i = 0; i < entries.size(); i++) {
            Entry each = entries.get(i);
            if (each.timeouts.loop().inEventLoop()) {
                return each;
            }
        }
        return null;
    }

    private record Entry(ReconnectingConnection<StatefulConnection<String, String>> link, LookupTimeouts timeouts) {}
}
