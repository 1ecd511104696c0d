package io.portcullis.gateway.connection;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.util.AttributeKey;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Notifies the body that is being written to a channel when the channel becomes writable again. A channel has at most one such
 * body at a time.
 */
final class WritabilityNotifier extends ChannelInboundHandlerAdapter {
    private static final AttributeKey<WritabilityNotifier> KEY =
            AttributeKey.valueOf(WritabilityNotifier.class, "notifier");

    private final AtomicReference<@Nullable Runnable> listener = new AtomicReference<>();

    private WritabilityNotifier() {}

    /** Returns the notifier of the channel. The first call adds it to the pipeline. */
    static WritabilityNotifier of(Channel channel) {
        var attribute = channel.attr(KEY);
        WritabilityNotifier known = attribute.get();
        if (known != null) {
            return known;
        }
        var added = new WritabilityNotifier();
        WritabilityNotifier other = attribute.setIfAbsent(added);
        if (other != null) {
            return other;
        }
        channel.pipeline().addFirst(WritabilityNotifier.class.getName(), added);
        return added;
    }

    /** Sets the listener, and replaces that of an earlier body. */
    void setListener(Runnable task) {
        listener.set(task);
    }

    /** Removes the listener, unless a later body has replaced it. */
    void removeListener(Runnable task) {
        listener.compareAndSet(task, null);
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext context) {
        Runnable task = listener.get();
        if (task != null && context.channel().isWritable()) {
            task.run();
        }
        context.fireChannelWritabilityChanged();
    }
}
