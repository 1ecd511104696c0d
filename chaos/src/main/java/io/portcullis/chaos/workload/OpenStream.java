package io.portcullis.chaos.workload;

import io.portcullis.chaos.history.ObservedStream;
import io.portcullis.chaos.history.ObservedStream.Transport;
import io.portcullis.chaos.history.Operation;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The client's end of one stream. Notes the time of each delivery, and reports the stream once, when it has ended. Thread-safe. */
final class OpenStream implements Flow.Subscriber<List<ByteBuffer>>, WebSocket.Listener {
    private static final Pattern EVENT = Pattern.compile("\"tick\":(\\d+)");

    private final Transport transport;
    private final Consumer<ObservedStream> whenEnded;

    private int deliveries;
    private long firstDeliveryAt;
    private long lastDeliveryAt;
    private int lastEvent;
    private long endedAt;
    private boolean ended;
    private boolean closing;
    private @Nullable Operation opening;
    private Runnable close = () -> {};

    /** @param whenEnded receives the stream when both its opening is recorded and its end is seen */
    OpenStream(Transport transport, Consumer<ObservedStream> whenEnded) {
        this.transport = transport;
        this.whenEnded = whenEnded;
    }

    /** Notes the request that opened the stream. */
    synchronized void opened(Operation operation) {
        opening = operation;
        reportIfComplete();
    }

    /** Closes the stream on behalf of the client. Does nothing if it has ended already. */
    void close() {
        Runnable action;
        synchronized (this) {
            closing |= !ended;
            action = close;
        }
        action.run();
        end();
    }

    private synchronized void delivered(String text) {
        long now = System.nanoTime();
        if (ended) {
            return;
        }
        firstDeliveryAt = deliveries == 0 ? now : firstDeliveryAt;
        lastDeliveryAt = now;
        deliveries++;
        Matcher event = EVENT.matcher(text);
        while (event.find()) {
            lastEvent = Integer.parseInt(event.group(1));
        }
    }

    private synchronized void end() {
        if (!ended) {
            ended = true;
            endedAt = System.nanoTime();
            reportIfComplete();
        }
    }

    private void reportIfComplete() {
        Operation operation = opening;
        if (ended && operation != null) {
            opening = null;
            boolean none = deliveries == 0;
            whenEnded.accept(new ObservedStream(
                    operation,
                    transport,
                    deliveries,
                    none ? operation.completedAt() : firstDeliveryAt,
                    none ? operation.completedAt() : lastDeliveryAt,
                    lastEvent,
                    endedAt,
                    !closing));
        }
    }

    private synchronized void closeWith(Runnable action) {
        close = action;
    }

    @Override
    public void onSubscribe(Flow.Subscription subscription) {
        closeWith(subscription::cancel);
        subscription.request(Long.MAX_VALUE);
    }

    @Override
    public void onNext(List<ByteBuffer> buffers) {
        StringBuilder text = new StringBuilder();
        buffers.forEach(buffer -> text.append(StandardCharsets.UTF_8.decode(buffer)));
        delivered(text.toString());
    }

    @Override
    public void onComplete() {
        end();
    }

    @Override
    public void onError(Throwable failure) {
        end();
    }

    @Override
    public void onOpen(WebSocket socket) {
        closeWith(socket::abort);
        socket.request(Long.MAX_VALUE);
    }

    @Override
    public @Nullable CompletionStage<?> onText(WebSocket socket, CharSequence message, boolean last) {
        delivered(message.toString());
        return null;
    }

    @Override
    public @Nullable CompletionStage<?> onClose(WebSocket socket, int status, String reason) {
        end();
        return null;
    }

    @Override
    public void onError(WebSocket socket, Throwable failure) {
        end();
    }
}
