package io.portcullis.gateway.logging;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A logger whose messages are written to standard output as they are, one a line, by a thread of their own with a queue of its own: many
 * messages cannot displace the other lines of the log. A message is dropped and counted if the queue is full. If the operator has given
 * the logger an appender in a file for Logback, the messages go there instead.
 */
public final class LineOutput {
    private static final org.slf4j.Logger log = LoggerFactory.getLogger(LineOutput.class);
    /** Static because Logback's loggers exist once for each process. */
    private static final LogCounters COUNTERS = new LogCounters();

    private final Logger logger;

    private LineOutput(Logger logger) {
        this.logger = logger;
    }

    /** Returns the output of the logger with this name. Idempotent. */
    public static LineOutput of(String name) {
        Logger logger = LoggerFactory.getLogger(name);
        if (logger instanceof ch.qos.logback.classic.Logger own
                && !own.iteratorForAppenders().hasNext()) {
            install(own);
        }
        return new LineOutput(logger);
    }

    private static void install(ch.qos.logback.classic.Logger logger) {
        LoggerContext context = logger.getLoggerContext();
        PatternLayoutEncoder encoder = new PatternLayoutEncoder();
        encoder.setContext(context);
        encoder.setPattern("%msg%n");
        encoder.start();
        ConsoleAppender<ILoggingEvent> console = new ConsoleAppender<>();
        console.setContext(context);
        console.setName(logger.getName());
        console.setEncoder(encoder);
        console.start();
        NonBlockingAppender appender = new NonBlockingAppender(console, COUNTERS, () -> {}, LineOutput::reportDropped);
        appender.setContext(context);
        appender.start();
        logger.addAppender(appender);
        logger.setAdditive(false);
        if (logger.getLevel() == null) {
            logger.setLevel(Level.INFO);
        }
    }

    private static void reportDropped(long count) {
        log.warn("{} lines of the access log were dropped because the output was slower than the log", count);
    }

    public Logger logger() {
        return logger;
    }

    /** Returns the number of messages that were dropped since the process started. */
    public long dropped() {
        return COUNTERS.dropped();
    }
}
