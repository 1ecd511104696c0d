package io.portcullis.gateway.logging;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.LoggingEvent;
import ch.qos.logback.core.Appender;
import ch.qos.logback.core.UnsynchronizedAppenderBase;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongConsumer;
import org.slf4j.MDC;

/**
 * Writes log events to another appender on a separate thread (ADR 0018). Drops and counts an event if the queue is full, so
 * that a logging thread never waits for the output. Logback's {@code AsyncAppender} has no such counter, limits the number of
 * events but not their memory, and blocks on shutdown for as long as the output is stalled.
 */
final class NonBlockingAppender extends UnsynchronizedAppenderBase<ILoggingEvent> {
    /** The capacity of the queue in bytes, enough for about 5,000 typical lines. */
    static final long CAPACITY = 4L << 20;

    private static final Duration FLUSH_LIMIT = Duration.ofSeconds(2);
    private static final long TICK_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final Appender<ILoggingEvent> target;
    private final LogCounters counters;
    private final Runnable everySecond;
    private final LongConsumer dropReport;
    private final LineQueue queue = new LineQueue(CAPACITY);
    private final AtomicLong unreportedDrops = new AtomicLong();
    private final Thread writer = new Thread(this::write, "log-writer");

    private volatile boolean waiting;
    private volatile boolean stopping;

    /**
     * @param target the appender that writes the events, already started
     * @param everySecond runs on the writer thread, at most once a second
     */
    NonBlockingAppender(Appender<ILoggingEvent> target, LogCounters counters, Runnable everySecond) {
        this.target = target;
        this.counters = counters;
        this.everySecond = everySecond;
        this.dropReport = this::writeReport;
        name();
    }

    /** @param dropReport gets the number of dropped events, at most once a second, in place of a line among the events */
    NonBlockingAppender(
            Appender<ILoggingEvent> target, LogCounters counters, Runnable everySecond, LongConsumer dropReport) {
        this.target = target;
        this.counters = counters;
        this.everySecond = everySecond;
        this.dropReport = dropReport;
        name();
    }

    private void name() {
        setName(target.getName());
        writer.setDaemon(true);
    }

    @Override
    public void start() {
        super.start();
        writer.start();
    }

    @Override
    protected void append(ILoggingEvent line) {
        addContext(line);
        line.prepareForDeferredProcessing();
        if (!queue.offer(line)) {
            unreportedDrops.incrementAndGet();
            counters.countDropped();
        }
        if (waiting) {
            LockSupport.unpark(writer);
        }
    }

    /** Adds the fields of the request to those that a library has set. */
    private static void addContext(ILoggingEvent line) {
        Map<String, String> fields = LogContext.current();
        if (fields.isEmpty() || !(line instanceof LoggingEvent event)) {
            return;
        }
        Map<String, String> all = new HashMap<>(fields);
        Map<String, String> set = MDC.getCopyOfContextMap();
        if (set != null) {
            all.putAll(set);
        }
        try {
            event.setMDCPropertyMap(all);
        } catch (IllegalStateException alreadySet) {
            // Another appender of the same line has added the fields.
        }
    }

    private void write() {
        long next = System.nanoTime();
        while (!stopping || !queue.isEmpty()) {
            ILoggingEvent line = queue.poll();
            if (line == null) {
                awaitLine();
            } else {
                writeLine(line);
            }
            if (System.nanoTime() - next >= 0) {
                next = System.nanoTime() + TICK_NANOS;
                reportDropped();
                everySecond.run();
            }
        }
        reportDropped();
    }

    /** Counts an event that cannot be written as dropped; the writer thread must survive the failure. */
    private void writeLine(ILoggingEvent line) {
        try {
            target.doAppend(line);
        } catch (RuntimeException | Error e) {
            counters.countDropped();
        }
    }

    /**
     * Parks the writer thread until a line is queued. No wake-up is lost: a producer adds a line before it reads {@code
     * waiting}, and this method sets {@code waiting} before it checks the queue.
     */
    private void awaitLine() {
        waiting = true;
        if (queue.isEmpty() && !stopping) {
            LockSupport.parkNanos(this, TICK_NANOS);
        }
        waiting = false;
    }

    private void reportDropped() {
        long count = unreportedDrops.getAndSet(0);
        if (count > 0) {
            dropReport.accept(count);
        }
    }

    private void writeReport(long count) {
        Logger logger = ((LoggerContext) getContext()).getLogger(NonBlockingAppender.class);
        String text = "{} lines were dropped because the output was slower than the log";
        writeLine(new LoggingEvent(
                NonBlockingAppender.class.getName(), logger, Level.WARN, text, null, new Object[] {count}));
    }

    /**
     * Writes the queued lines, for at most {@code FLUSH_LIMIT}. If the output is still stalled then, the other appender is
     * not stopped, because its {@code stop} would wait for the lock that the stalled writer thread holds.
     */
    @Override
    public void stop() {
        if (!isStarted()) {
            return;
        }
        super.stop();
        stopping = true;
        LockSupport.unpark(writer);
        if (isWritten()) {
            target.stop();
        }
    }

    private boolean isWritten() {
        try {
            writer.join(FLUSH_LIMIT.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return !writer.isAlive();
    }
}
