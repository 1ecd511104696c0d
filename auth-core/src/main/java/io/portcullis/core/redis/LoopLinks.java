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
final class LoopLinks {
    private final List<Own> own;
    private final RedisLink<StatefulConnection<String, String>> others;

    /** @param link makes the link whose connection is on the loop of that index */
    LoopLinks(
            List<EventLoop> loops,
            Duration readTimeout,
            IntFunction<RedisLink<StatefulConnection<String, String>>> link) {
        this.own = IntStream.range(0, loops.size())
                .mapToObj(i -> new Own(link.apply(i), new Deadlines(loops.get(i), readTimeout)))
                .toList();
        this.others = link.apply(0);
    }

    void open() {
        own.forEach(each -> each.link.open());
        others.open();
    }

    void close() {
        own.forEach(each -> each.link.close());
        others.close();
    }

    /** Runs the action with each connection that is open, on the event loop that alone may write to it. */
    void forEach(Consumer<StatefulConnection<String, String>> action) {
        for (Own each : own) {
            if (!each.deadlines.loop().isShuttingDown()) {
                each.deadlines.loop().execute(() -> withConnection(each.link, action));
            }
        }
        withConnection(others, action);
    }

    private static void withConnection(
            RedisLink<StatefulConnection<String, String>> link, Consumer<StatefulConnection<String, String>> action) {
        StatefulConnection<String, String> connection = link.connection();
        if (connection != null) {
            action.accept(connection);
        }
    }

    /** The deadlines of the calling thread's loop; null if it is none of them. */
    @Nullable
    Deadlines home() {
        Own mine = mine();
        return mine == null ? null : mine.deadlines;
    }

    /** Those of any loop. */
    Deadlines anyHome() {
        return own.get(ThreadLocalRandom.current().nextInt(own.size())).deadlines;
    }

    /** How much of the time since then the calling thread was away, if it is one of the loops; see {@link Deadlines}. */
    long awayNanosSince(long start) {
        Deadlines home = home();
        return home == null ? 0 : home.awayNanosSince(start);
    }

    /** The calling thread's own connection, or another that is open; null if none is. */
    @Nullable
    StatefulConnection<String, String> connection() {
        Own mine = mine();
        StatefulConnection<String, String> connection = mine == null ? others.connection() : mine.link.connection();
        return connection != null ? connection : anyOpen();
    }

    private @Nullable StatefulConnection<String, String> anyOpen() {
        for (Own each : own) {
            StatefulConnection<String, String> connection = each.link.connection();
            if (connection != null) {
                return connection;
            }
        }
        return others.connection();
    }

    /** There is one per processor: comparing threads is quicker than any map. */
    private @Nullable Own mine() {
        for (int i = 0; i < own.size(); i++) {
            Own each = own.get(i);
            if (each.deadlines.loop().inEventLoop()) {
                return each;
            }
        }
        return null;
    }

    private record Own(RedisLink<StatefulConnection<String, String>> link, Deadlines deadlines) {}
}
