package io.portcullis.core.redis;

import io.lettuce.core.pubsub.RedisPubSubListener;
import io.lettuce.core.pubsub.StatefulRedisPubSubConnection;
import io.netty.util.concurrent.EventExecutorGroup;
import java.time.Duration;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One connection that is subscribed to one channel. It is re-established, and subscribed again, when it is lost, when another
 * master is used, and when it has answered no {@code PING} for {@link #SILENCE}. Thread-safe.
 */
final class Subscription {
    /** A black-holed connection is replaced after this time. Several PINGs, sent every 0.8 s, are unanswered then. */
    private static final Duration SILENCE = Duration.ofSeconds(3);

    private final Supplier<CompletionStage<StatefulRedisPubSubConnection<String, String>>> connect;
    private final EventExecutorGroup executor;
    private final AtomicReference<@Nullable ReconnectingConnection<StatefulRedisPubSubConnection<String, String>>>
            link = new AtomicReference<>();
    private final SubscriptionCoverage coverage = new SubscriptionCoverage(System.nanoTime());
    private volatile long openedAt = System.nanoTime();

    /** @param connect establishes a connection without subscription */
    Subscription(
            Supplier<CompletionStage<StatefulRedisPubSubConnection<String, String>>> connect,
            EventExecutorGroup executor) {
        this.connect = connect;
        this.executor = executor;
    }

    /** Starts to subscribe. Must be called at most once. */
    void open(String channel, RedisPubSubListener<String, String> listener) {
        var made = new ReconnectingConnection<StatefulRedisPubSubConnection<String, String>>(
                () -> connect.get().thenCompose(connection -> subscribe(connection, channel, listener)),
                executor,
                true,
                // The outage is logged by the connections for commands.
                new AtomicBoolean(true));
        if (!link.compareAndSet(null, made)) {
            throw new IllegalStateException("subscription: already open");
        }
        made.open();
    }

    private CompletionStage<StatefulRedisPubSubConnection<String, String>> subscribe(
            StatefulRedisPubSubConnection<String, String> connection,
            String channel,
            RedisPubSubListener<String, String> listener) {
        connection.addListener(listener);
        return connection
                .async()
                .subscribe(channel)
                .whenComplete((subscribed, failure) -> {
                    if (failure == null) {
                        coverage.subscribed(connection, System.nanoTime());
                    } else {
                        var unused = connection.closeAsync();
                    }
                })
                .thenApply(subscribed -> connection);
    }

    /** Re-establishes the connection, if {@link #open} was called. */
    void reopen() {
        var current = link.get();
        if (current != null) {
            openedAt = System.nanoTime();
            current.open();
        }
    }

    /** Sends a {@code PING}, and re-establishes the connection if none was answered for some seconds. */
    void keepAlive() {
        var current = link.get();
        if (current != null) {
            keepAlive(current);
        }
    }

    private void keepAlive(ReconnectingConnection<StatefulRedisPubSubConnection<String, String>> current) {
        var connection = current.connection();
        if (connection == null) {
            return;
        }
        long now = System.nanoTime();
        if (now - Math.max(coverage.lastAlive(), openedAt) > SILENCE.toNanos()) {
            reopen();
            return;
        }
        // A late reply of a replaced connection proves nothing about the present one.
        var unused = connection.async().ping().thenRun(() -> {
            if (current.connection() == connection) {
                coverage.alive(connection, now);
            }
        });
    }

    /** Returns the time up to which every message since {@code from} has been received, as {@link SubscriptionCoverage#completeUntil}. */
    long completeUntil(long from) {
        return coverage.completeUntil(from);
    }

    /** Returns whether the channel is not subscribed, although {@link #open} was called. */
    boolean missing() {
        var current = link.get();
        return current != null && current.missing();
    }

    void close() {
        var current = link.get();
        if (current != null) {
            current.close();
        }
    }
}
