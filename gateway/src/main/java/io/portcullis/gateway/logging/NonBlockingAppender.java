package io.portcullis.gateway.logging;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.LoggingEvent;
import ch.qos.logback.core.Appender;
import ch.qos.logback.core.UnsynchronizedAppenderBase;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * Hands lines to another appender on a thread of its own. A line that finds the queue full is dropped and counted, so that a
 * thread that logs never waits for the output. Logback's own asynchronous appender counts nothing, bounds the number of lines but
 * not their memory, and waits for ever at its end if the output stands still.
 */
final class NonBlockingAppender extends UnsynchronizedAppenderBase<ILoggingEvent> {
    /** About 5,000 usual lines. */
    static final long CAPACITY = 4L << 20;

    private static final Duration FLUSH_LIMIT = Duration.ofSeconds(2);
    private static final long TICK_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final Appender<ILoggingEvent> target;
    private final LogCounters counters;
    private final Runnable everySecond;
    private final LineQueue queue = new LineQueue(CAPACITY);
    private final AtomicLong untold = new AtomicLong();
    private final Thread writer = new Thread(this::write, "log-writer");

    private volatile boolean waiting;
    private volatile boolean stopping;

    /**
     * @param target which has been started
     * @param everySecond runs on the thread that writes, at most once a second
     */
    NonBlockingAppender(Appender<ILoggingEvent> target, LogCounters counters, Runnable everySecond) {
        this.target = target;
        this.counters = counters;
        this.everySecond = everySecond;
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
        line.prepareForDeferredProcessing();
        if (!queue.offer(line)) {
            untold.incrementAndGet();
            counters.countDropped();
        }
        if (waiting) {
            LockSupport.unpark(writer);
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

    /** A line that cannot be written must not be the last one. */
    private void writeLine(ILoggingEvent line) {
        try {
            target.doAppend(line);
        } catch (RuntimeException | Error e) {
            counters.countDropped();
        }
    }

    /** The producer adds a line before it reads the flag, and this sets the flag before it looks for a line. */
    private void awaitLine() {
        waiting = true;
        if (queue.isEmpty() && !stopping) {
            LockSupport.parkNanos(this, TICK_NANOS);
        }
        waiting = false;
    }

    private void reportDropped() {
        long count = untold.getAndSet(0);
        if (count > 0) {
            Logger logger = ((LoggerContext) getContext()).getLogger(NonBlockingAppender.class);
            String text = "{} lines were dropped because the output was slower than the log";
            writeLine(new LoggingEvent(
                    NonBlockingAppender.class.getName(), logger, Level.WARN, text, null, new Object[] {count}));
        }
    }

    /**
     * Writes what is queued, within a limit. If the output stands still until then, the other appender is left as it is: its end
     * would wait for the lock that the thread in the output holds.
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
