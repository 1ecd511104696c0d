package io.portcullis.gateway.logging;

import io.netty.util.IllegalReferenceCountException;
import io.portcullis.core.error.PortcullisException;
import io.portcullis.core.error.RootCause;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.context.event.ApplicationEnvironmentPreparedEvent;
import org.springframework.context.ApplicationListener;
import reactor.core.publisher.Hooks;

/**
 * Logs errors that no subscriber waits for any more, in place of Reactor, which logs each as an error with its stack trace. Errors of
 * clients, stores and connections are logged at DEBUG: their request has been answered, and the failure of a store is logged where the
 * store is used. All other errors are defects.
 */
public final class DroppedErrors implements ApplicationListener<ApplicationEnvironmentPreparedEvent> {
    private static final Logger log = LoggerFactory.getLogger(DroppedErrors.class);
    private static final int MAX_CAUSES = 20;

    /** Libraries whose exceptions, or whose own failures, are those of a connection. */
    private static final List<String> CONNECTIONS =
            List.of("io.r2dbc.", "io.asyncer.r2dbc.", "io.lettuce.", "io.netty.", "reactor.netty.");

    private static final AtomicBoolean installed = new AtomicBoolean();

    /** Hooks are those of the process, and add up. */
    @Override
    public void onApplicationEvent(ApplicationEnvironmentPreparedEvent event) {
        if (installed.compareAndSet(false, true)) {
            Hooks.onErrorDropped(DroppedErrors::log);
        }
    }

    static void log(Throwable error) {
        if (isExpected(error)) {
            log.debug("Dropped, since no subscriber waits for it any more: {}", RootCause.describeWithStore(error));
        } else {
            log.error("An error was dropped, since no subscriber waits for it any more", error);
        }
    }

    private static boolean isExpected(Throwable error) {
        if (isDefect(error)) {
            return false;
        }
        Throwable cause = error;
        for (int depth = 0; cause != null && depth < MAX_CAUSES; depth++) {
            if (cause instanceof PortcullisException
                    || cause instanceof IOException
                    || cause instanceof TimeoutException
                    || isOfConnection(cause)) {
                return true;
            }
            cause = cause.getCause();
        }
        return false;
    }

    /** Returns whether an error is a defect wherever it was thrown, such as a buffer that was released twice. */
    private static boolean isDefect(Throwable error) {
        return error instanceof Error
                || error instanceof IllegalReferenceCountException
                || error instanceof NullPointerException
                || error instanceof ClassCastException
                || error instanceof IndexOutOfBoundsException;
    }

    private static boolean isOfConnection(Throwable cause) {
        StackTraceElement[] trace = cause.getStackTrace();
        return isOfConnection(cause.getClass().getName())
                || (trace.length > 0 && isOfConnection(trace[0].getClassName()));
    }

    private static boolean isOfConnection(String className) {
        return CONNECTIONS.stream().anyMatch(className::startsWith);
    }
}
