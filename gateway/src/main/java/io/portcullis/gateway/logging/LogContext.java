package io.portcullis.gateway.logging;

import java.util.Map;
import java.util.function.Supplier;

/**
 * The fields of the request that the current thread works for. {@link NonBlockingAppender} adds them to the mapped diagnostic context of each
 * line that the thread logs meanwhile. They are read when a line is logged, so that a line after the check has what the check found out.
 */
public final class LogContext {
    private static final Fields NONE = Map::of;
    private static final ThreadLocal<Fields> CURRENT = ThreadLocal.withInitial(() -> NONE);

    private LogContext() {}

    /** Supplies the fields of a line by name. Never a token. */
    @FunctionalInterface
    public interface Fields {
        Map<String, String> get();
    }

    /** Runs the work with these fields, and restores the former ones then. */
    public static void run(Fields fields, Runnable work) {
        Fields former = CURRENT.get();
        CURRENT.set(fields);
        try {
            work.run();
        } finally {
            CURRENT.set(former);
        }
    }

    /** Does what {@link #run} does, and returns the result of the work. */
    public static <T> T call(Fields fields, Supplier<T> work) {
        Fields former = CURRENT.get();
        CURRENT.set(fields);
        try {
            return work.get();
        } finally {
            CURRENT.set(former);
        }
    }

    /** Returns the fields of the current thread's request; empty if it works for none. */
    static Map<String, String> current() {
        return CURRENT.get().get();
    }
}
