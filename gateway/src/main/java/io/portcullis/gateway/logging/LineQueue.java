package io.portcullis.gateway.logging;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.IThrowableProxy;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** Lines on their way to an output, bounded by the memory that they take. Neither side ever waits for a lock. */
final class LineQueue {
    /** An event without its text. */
    private static final int EVENT_BYTES = 512;

    private static final int FRAME_BYTES = 128;
    private static final int MAX_CAUSES = 8;

    private final Queue<ILoggingEvent> lines = new ConcurrentLinkedQueue<>();
    private final AtomicLong bytes = new AtomicLong();
    private final long capacity;

    /** @param capacity about how many bytes of memory the lines may take together */
    LineQueue(long capacity) {
        this.capacity = capacity;
    }

    /** False if there is no place. */
    boolean offer(ILoggingEvent line) {
        long size = size(line);
        if (bytes.addAndGet(size) > capacity) {
            bytes.addAndGet(-size);
            return false;
        }
        return lines.add(line);
    }

    /** The oldest line, null if there is none. */
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
