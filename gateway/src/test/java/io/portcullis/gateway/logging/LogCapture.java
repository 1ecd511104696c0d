package io.portcullis.gateway.logging;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.slf4j.LoggerFactory;

/**
 * Records the log lines of one logger, or of a package, until it is closed. A line is recorded before the logging call returns.
 * The console, in contrast, receives it later from a separate thread, once any test of the same JVM has started the logging of
 * the application.
 */
public final class LogCapture implements AutoCloseable {
    private final Logger logger;
    private final Level levelBefore;
    private final List<String> lines = new CopyOnWriteArrayList<>();
    private final List<String> traces = new CopyOnWriteArrayList<>();
    private final AppenderBase<ILoggingEvent> appender = new AppenderBase<>() {
        @Override
        protected void append(ILoggingEvent event) {
            lines.add(event.getLevel() + " " + event.getFormattedMessage());
            if (event.getThrowableProxy() != null) {
                traces.add(event.getLoggerName() + ": " + event.getFormattedMessage() + ": "
                        + event.getThrowableProxy().getClassName());
            }
        }
    };

    private LogCapture(String name, Level level) {
        this.logger = (Logger) LoggerFactory.getLogger(name);
        this.levelBefore = logger.getLevel();
        appender.setContext(logger.getLoggerContext());
        appender.start();
        logger.addAppender(appender);
        logger.setLevel(level);
    }

    /** Starts recording the logger of a type, at the given level and above. */
    public static LogCapture of(Class<?> type, Level level) {
        return new LogCapture(type.getName(), level);
    }

    /** Starts recording the loggers of a package, at the given level and above. */
    public static LogCapture of(String packageName, Level level) {
        return new LogCapture(packageName, level);
    }

    /** Returns the lines so far in their order. Each line consists of the level, a space, and the message. */
    public List<String> lines() {
        return List.copyOf(lines);
    }

    /** The lines so far that are followed by a stack trace: the logger, the message, the class of the exception. */
    public List<String> traces() {
        return List.copyOf(traces);
    }

    @Override
    public void close() {
        logger.setLevel(levelBefore);
        logger.detachAppender(appender);
        appender.stop();
    }
}
