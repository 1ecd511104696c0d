package io.portcullis.gateway.logging;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.Appender;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import org.slf4j.LoggerFactory;
import org.springframework.boot.context.event.ApplicationEnvironmentPreparedEvent;
import org.springframework.boot.context.logging.LoggingApplicationListener;
import org.springframework.context.ApplicationListener;
import org.springframework.core.Ordered;

/**
 * Wraps each appender that Spring Boot has configured, by its own properties ({@code logging.*}) or by the operator's file, in
 * a {@link NonBlockingAppender}, and adds {@link RepeatedFailures} as a turbo filter. Without the wrapper an event loop writes
 * to the console itself, and stalls with all its connections when the reader of the console does.
 */
public final class NonBlockingLogging implements ApplicationListener<ApplicationEnvironmentPreparedEvent>, Ordered {
    /** Static because Logback's loggers exist once for each process. */
    static final LogCounters COUNTERS = new LogCounters();

    /** Runs directly after Spring Boot has configured logging. */
    @Override
    public int getOrder() {
        return LoggingApplicationListener.DEFAULT_ORDER + 1;
    }

    @Override
    public void onApplicationEvent(ApplicationEnvironmentPreparedEvent event) {
        if (LoggerFactory.getILoggerFactory() instanceof LoggerContext context) {
            install(context);
        }
    }

    /** Installs the wrappers and the filter, now and after each new configuration. Idempotent. */
    static void install(LoggerContext context) {
        RepeatedFailures repeated = repeatedFailures(context);
        // Packaging data would make the logging thread read JAR files to find the origin of each stack frame.
        context.setPackagingDataEnabled(false);
        // Several loggers may share an appender.
        IdentityHashMap<Appender<ILoggingEvent>, NonBlockingAppender> replacements = new IdentityHashMap<>();
        for (Logger logger : context.getLoggerList()) {
            for (Appender<ILoggingEvent> appender : appenders(logger)) {
                if (!(appender instanceof NonBlockingAppender)) {
                    logger.addAppender(replacements.computeIfAbsent(appender, it -> wrap(it, context, repeated)));
                    logger.detachAppender(appender);
                }
            }
        }
        Reconfiguration.watch(context);
        Reconfiguration.end(context);
    }

    private static List<Appender<ILoggingEvent>> appenders(Logger logger) {
        List<Appender<ILoggingEvent>> appenders = new ArrayList<>();
        logger.iteratorForAppenders().forEachRemaining(appenders::add);
        return appenders;
    }

    private static NonBlockingAppender wrap(
            Appender<ILoggingEvent> appender, LoggerContext context, RepeatedFailures repeated) {
        NonBlockingAppender around = new NonBlockingAppender(appender, COUNTERS, repeated::reportFinished);
        around.setContext(context);
        around.start();
        return around;
    }

    private static RepeatedFailures repeatedFailures(LoggerContext context) {
        return context.getTurboFilterList().stream()
                .filter(RepeatedFailures.class::isInstance)
                .map(RepeatedFailures.class::cast)
                .findFirst()
                .orElseGet(() -> {
                    RepeatedFailures added = new RepeatedFailures(System::nanoTime, COUNTERS);
                    context.addTurboFilter(added);
                    return added;
                });
    }
}
