package io.portcullis.gateway.logging;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.IThrowableProxy;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** A lock-free queue of log events, bounded by the estimated memory of the events. Allows several producers and consumers. */
final class LineQueue {
    /** The estimated size of an event without its text. */
    private static final int EVENT_BYTES = 512;

    private static final int FRAME_BYTES = 128;
    private static final int MAX_CAUSES = 8;

    private final Queue<ILoggingEvent> lines = new ConcurrentLinkedQueue<>();
    private final AtomicLong bytes = new AtomicLong();
    private final long capacity;

    /** @param capacity the approximate number of bytes of memory that the queued events may take */
    LineQueue(long capacity) {
        this.capacity = capacity;
    }

    /** Adds an event. Returns false, and adds nothing, if the queue is full. */
    boolean offer(ILoggingEvent line) {
        long size = size(line);
        if (bytes.addAndGet(size) > capacity) {
            bytes.addAndGet(-size);
            return false;
        }
        return lines.add(line);
    }

    /** Removes and returns the oldest event, null if the queue is empty. */
    @Nullable
    ILoggingEvent poll() {
        ILoggingEvent line = lines.poll();
        if (line != null) {
            bytes.addAndGet(-size(line));
        }
        return line;
    }

    boolean isEmpty() {
        return lines.isEmpty();
    }

    private static long size(ILoggingEvent line) {
        long size = (long) EVENT_BYTES + line.getFormattedMessage().length();
        IThrowableProxy failure = line.getThrowableProxy();
        for (int i = 0; failure != null && i < MAX_CAUSES; i++) {
            size += EVENT_BYTES + (long) FRAME_BYTES * failure.getStackTraceElementProxyArray().length;
            failure = failure.getCause();
        }
        return size;
    }
}
