package io.portcullis.gateway.logging;

import ch.qos.logback.classic.BasicConfigurator;
import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.Configurator;

/** Configures the log of tests until Spring Boot configures it: only warnings, and no output on an event loop. */
public final class LoggingBeforeSpring extends BasicConfigurator {
    @Override
    public Configurator.ExecutionStatus configure(LoggerContext context) {
        super.configure(context);
        context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME).setLevel(Level.WARN);
        NonBlockingLogging.install(context);
        return Configurator.ExecutionStatus.DO_NOT_INVOKE_NEXT_IF_ANY;
    }
}
