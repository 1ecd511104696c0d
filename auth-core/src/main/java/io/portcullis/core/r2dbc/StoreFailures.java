package io.portcullis.core.r2dbc;

import io.portcullis.core.error.PortcullisException;
import io.r2dbc.spi.R2dbcException;
import io.r2dbc.spi.R2dbcTransientException;
import java.io.IOException;
import java.util.Set;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.DataAccessException;
import org.springframework.transaction.TransactionException;

/**
 * Tells failures of the store from everything else, by the code that MySQL gave and not by the driver's or Spring's classes,
 * which disagree about it.
 */
public final class StoreFailures {
    private static final int DUPLICATE_KEY = 1062;
    private static final int LOCK_WAIT_TIMEOUT = 1205;
    private static final int DEADLOCK = 1213;
    /** The server runs with read_only; the transaction is one that only reads; InnoDB runs in its read-only mode. */
    private static final Set<Integer> READ_ONLY = Set.of(1290, 1792, 1836);
    /**
     * The server shuts down (1053, 1077, 1078, 1079), does not take part in its Galera cluster (1047), has ended this connection
     * (1927 by MariaDB, 3169 by MySQL), is offline (3032), or is not available yet or any more (3168).
     */
    private static final Set<Integer> SHUTDOWN = Set.of(1047, 1053, 1077, 1078, 1079, 1927, 3032, 3168, 3169);

    private static final Set<Integer> INCOMPARABLE = Set.of(1267, 1270, 1271, 3854, 3988);

    private static final String DRIVER = "io.asyncer.r2dbc.mysql.";

    private StoreFailures() {}

    /** A failure of the store becomes {@code UNAVAILABLE}; any other error, a refusal or a defect, stays what it is. */
    static Throwable translate(Throwable error) {
        return isStoreFailure(error) ? PortcullisException.storeUnavailable("MySQL", error) : error;
    }

    /**
     * Whether the whole transaction, run again, may succeed. A server that is read-only has committed nothing of it, and the next
     * connection may lead to its successor.
     */
    static boolean isRetryable(Throwable error) {
        return hasCode(error, code -> code == LOCK_WAIT_TIMEOUT || code == DEADLOCK || READ_ONLY.contains(code));
    }

    /** Whether the server takes no more writes, or no more work at all, so that its connections must not be used again. */
    public static boolean isServerChange(Throwable error) {
        return hasCode(error, code -> READ_ONLY.contains(code) || SHUTDOWN.contains(code));
    }

    static boolean isDuplicateKey(Throwable error) {
        return hasCode(error, code -> code == DUPLICATE_KEY);
    }

    /** Whether the server could not compare a text with a column, whose character set lacks a character of the text. */
    static boolean isIncomparable(Throwable error) {
        return hasCode(error, INCOMPARABLE::contains);
    }

    /**
     * The server's refusal of a statement as such, for instance of a table that is missing; null for any other failure. The server's
     * code tells it, since the driver takes codes that it does not know for failures of the connection.
     */
    static @Nullable R2dbcException refusalOfStatement(Throwable error) {
        for (Throwable cause = error; cause != null; cause = cause.getCause()) {
            if (cause instanceof R2dbcException failure) {
                return failure.getErrorCode() > 0 && !(failure instanceof R2dbcTransientException) ? failure : null;
            }
        }
        return null;
    }

    private static boolean isStoreFailure(Throwable error) {
        return error instanceof R2dbcException
                || error instanceof DataAccessException
                || error instanceof TransactionException
                || error instanceof TimeoutException
                || error instanceof IOException
                // The pool is closed or full. Those thrown by the driver come wrapped by Spring.
                || error instanceof RejectedExecutionException
                || (error instanceof IllegalStateException && isThrownByTheDriver(error));
    }

    /** It throws these when a connection closes under a statement or a login, such as "Request queue was disposed". */
    private static boolean isThrownByTheDriver(Throwable error) {
        StackTraceElement[] trace = error.getStackTrace();
        return trace.length > 0 && trace[0].getClassName().startsWith(DRIVER);
    }

    private static boolean hasCode(Throwable error, IntPredicate matches) {
        for (Throwable cause = error; cause != null; cause = cause.getCause()) {
            if (cause instanceof R2dbcException failure && matches.test(failure.getErrorCode())) {
                return true;
            }
        }
        return false;
    }
}
