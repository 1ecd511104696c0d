package io.portcullis.gateway.logging;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.LoggerContextListener;
import ch.qos.logback.classic.turbo.TurboFilter;
import ch.qos.logback.core.spi.ConfigurationEvent;
import ch.qos.logback.core.spi.FilterReply;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.slf4j.Marker;

/**
 * Keeps threads from the appenders of a new configuration until {@link NonBlockingLogging} has wrapped them: when the operator's file has
 * {@code scan="true"} and changes, and when an application starts in a process in which another one serves. The lines of that time are dropped.
 */
final class Reconfiguration implements LoggerContextListener {
    /** A configuration that fails may leave appenders that {@link NonBlockingLogging} never wraps; a log that blocks is better than none. */
    private static final long MAX_NANOS = Duration.ofSeconds(10).toNanos();

    private Reconfiguration() {}

    /** Watches for new configurations. Idempotent. */
    static void watch(LoggerContext context) {
        if (listen(context)) {
            context.addConfigurationEventListener(event -> {
                if (isEnd(event.getEventType())) {
                    NonBlockingLogging.install(context);
                }
            });
        }
    }

    /** Returns whether no listener was there before. */
    private static boolean listen(LoggerContext context) {
        boolean missing = context.getCopyOfListenerList().stream().noneMatch(Reconfiguration.class::isInstance);
        if (missing) {
            context.addListener(new Reconfiguration());
        }
        return missing;
    }

    private static boolean isEnd(ConfigurationEvent.EventType type) {
        return type == ConfigurationEvent.EventType.CONFIGURATION_ENDED_SUCCESSFULLY
                || type == ConfigurationEvent.EventType.CONFIGURATION_ENDED_WITH_XML_PARSING_ERRORS;
    }

    /** All appenders are wrapped: lines are written again. */
    static void end(LoggerContext context) {
        context.getTurboFilterList().removeIf(Pause.class::isInstance);
    }

    @Override
    public boolean isResetResistant() {
        return true;
    }

    @Override
    public void onReset(LoggerContext context) {
        context.addTurboFilter(new Pause(context));
    }

    @Override
    public void onStart(LoggerContext context) {}

    @Override
    public void onStop(LoggerContext context) {}

    @Override
    public void onLevelChange(Logger logger, Level level) {}

    private static final class Pause extends TurboFilter {
        private final LoggerContext loggers;
        private final long begun = System.nanoTime();

        Pause(LoggerContext context) {
            this.loggers = context;
        }

        /**
         * Called by a reset, before that calls the listeners. A stop of the context, which Spring Boot makes before the reset, has removed them
         * all.
         */
        @Override
        public void stop() {
            super.stop();
            boolean unused = listen(loggers);
        }

        @Override
        public FilterReply decide(
                @Nullable Marker marker,
                Logger logger,
                Level level,
                @Nullable String format,
                Object @Nullable [] arguments,
                @Nullable Throwable failure) {
            return System.nanoTime() - begun < MAX_NANOS ? FilterReply.DENY : FilterReply.NEUTRAL;
        }
    }
}
