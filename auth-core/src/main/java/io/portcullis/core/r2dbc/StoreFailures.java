package io.portcullis.core.r2dbc;

import io.portcullis.core.error.PortcullisException;
import io.portcullis.core.error.RootCause;
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
 * Classifies errors of MySQL. The classification uses MySQL's error codes instead of exception classes, because the driver and
 * Spring map the codes to classes inconsistently.
 */
public final class StoreFailures {
    private static final int DUPLICATE_KEY = 1062;
    private static final int LOCK_WAIT_TIMEOUT = 1205;
    private static final int DEADLOCK = 1213;
    /** The server is read_only (1290), the transaction is READ ONLY (1792), InnoDB is in read-only mode (1836). */
    private static final Set<Integer> READ_ONLY = Set.of(1290, 1792, 1836);
    /**
     * The server shuts down (1053, 1077, 1078, 1079), is not part of its Galera cluster (1047), has killed this connection (1927
     * in MariaDB, 3169 in MySQL), is offline (3032), or is unavailable (3168).
     */
    private static final Set<Integer> SHUTDOWN = Set.of(1047, 1053, 1077, 1078, 1079, 1927, 3032, 3168, 3169);

    private static final Set<Integer> INCOMPARABLE = Set.of(1267, 1270, 1271, 3854, 3988);

    private static final String DRIVER = "io.asyncer.r2dbc.mysql.";

    private StoreFailures() {}

    /** Maps a store failure to {@code UNAVAILABLE}. Returns any other error, for example a refusal or a defect, unchanged. */
    static Throwable translate(Throwable error) {
        return isStoreFailure(error) ? PortcullisException.storeUnavailable("MySQL", error) : error;
    }

    /**
     * Returns whether the whole transaction may succeed if it is run again. A read-only server has committed no part of it, and
     * the next connection may lead to the new primary.
     */
    static boolean isRetryable(Throwable error) {
        return hasCode(error, code -> code == LOCK_WAIT_TIMEOUT || code == DEADLOCK || READ_ONLY.contains(code));
    }

    /** Returns whether the server refuses writes or shuts down, so that its connections must not be used again. */
    public static boolean isServerChange(Throwable error) {
        return hasCode(error, code -> READ_ONLY.contains(code) || SHUTDOWN.contains(code));
    }

    static boolean isDuplicateKey(Throwable error) {
        return hasCode(error, code -> code == DUPLICATE_KEY);
    }

    /**
     * Returns whether the server could not compare a text with a column because the column's character set cannot represent the
     * text.
     */
    static boolean isIncomparable(Throwable error) {
        return hasCode(error, INCOMPARABLE::contains);
    }

    /**
     * Returns the error with which the server refused the statement itself, for example because a table does not exist; null for
     * any other failure. Decides by the server's error code, because the driver maps unknown codes to connection failures.
     */
    static @Nullable R2dbcException refusalOfStatement(Throwable error) {
        return RootCause.find(error, R2dbcException.class)
                .filter(failure -> failure.getErrorCode() > 0 && !(failure instanceof R2dbcTransientException))
                .orElse(null);
    }

    private static boolean isStoreFailure(Throwable error) {
        return error instanceof R2dbcException
                || error instanceof DataAccessException
                || error instanceof TransactionException
                || error instanceof TimeoutException
                || error instanceof IOException
                // Thrown by the pool when it is closed or full. Spring wraps those that the driver throws.
                || error instanceof RejectedExecutionException
                || (error instanceof IllegalStateException && isThrownByTheDriver(error));
    }

    /**
     * Returns whether the driver threw the error, for example "Request queue was disposed" for a connection that closes during a
     * statement.
     */
    private static boolean isThrownByTheDriver(Throwable error) {
        StackTraceElement[] trace = error.getStackTrace();
        return trace.length > 0 && trace[0].getClassName().startsWith(DRIVER);
    }

    private static boolean hasCode(Throwable error, IntPredicate matches) {
        return RootCause.chain(error)
                .anyMatch(cause -> cause instanceof R2dbcException failure && matches.test(failure.getErrorCode()));
    }
}
