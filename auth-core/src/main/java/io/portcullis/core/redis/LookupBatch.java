package io.portcullis.core.redis;

import io.lettuce.core.api.StatefulConnection;
import io.lettuce.core.api.StatefulRedisConnection;
import io.netty.channel.EventLoop;
import io.portcullis.core.error.PortcullisException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Sends the look-ups of one iteration of an event loop together, in one buffer and one system call. The task that sends them runs after
 * the event loop has handled all sockets of the iteration. Confined to its event loop.
 */
final class LookupBatch implements Runnable {
    private final EventLoop loop;
    private final Supplier<@Nullable StatefulConnection<String, String>> connection;
    private List<GetTokenCommand> waiting = new ArrayList<>();

    /** @param connection supplies the connection of the event loop, null if there is none */
    LookupBatch(EventLoop loop, Supplier<@Nullable StatefulConnection<String, String>> connection) {
        this.loop = loop;
        this.connection = connection;
    }

    void add(GetTokenCommand lookup) {
        waiting.add(lookup);
        if (waiting.size() == 1) {
            loop.execute(this);
        }
    }

    @Override
    public void run() {
        List<GetTokenCommand> batch = waiting;
        waiting = new ArrayList<>(batch.size());
        StatefulConnection<String, String> open = connection.get();
        if (open == null) {
            batch.forEach(lookup -> fail(lookup, PortcullisException.storeUnavailable("Redis", null)));
        } else {
            send(batch, open);
        }
    }

    private static void send(List<GetTokenCommand> batch, StatefulConnection<String, String> open) {
        try {
            if (batch.size() > 1 && open instanceof StatefulRedisConnection<String, String> one) {
                var unused = one.dispatch(batch);
            } else {
                // The Cluster client may wait for a connection to a node when it is given a collection.
                batch.forEach(lookup -> {
                    var unused = open.dispatch(lookup);
                });
            }
        } catch (RuntimeException failure) {
            batch.forEach(lookup -> fail(lookup, failure));
        }
    }

    private static void fail(GetTokenCommand lookup, Throwable failure) {
        boolean unused = lookup.completeExceptionally(failure);
    }
}
