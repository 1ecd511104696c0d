package io.portcullis.core.r2dbc;

import io.portcullis.core.error.PortcullisException;
import io.r2dbc.spi.R2dbcException;
import java.io.IOException;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeoutException;
import org.springframework.dao.DataAccessException;
import org.springframework.transaction.TransactionException;

/**
 * Tells failures of the store from everything else, by the code that MySQL gave and not by the driver's or Spring's classes,
 * which disagree about it.
 */
final class StoreFailures {
    private static final int DUPLICATE_KEY = 1062;
    private static final int LOCK_WAIT_TIMEOUT = 1205;
    private static final int DEADLOCK = 1213;
    private static final Set<Integer> RETRYABLE = Set.of(LOCK_WAIT_TIMEOUT, DEADLOCK);

    private static final String DRIVER = "io.asyncer.r2dbc.mysql.";

    private StoreFailures() {}

    /** A failure of the store becomes {@code UNAVAILABLE}; any other error, a refusal or a defect, stays what it is. */
    static Throwable translate(Throwable error) {
        return isStoreFailure(error) ? PortcullisException.storeUnavailable("MySQL", error) : error;
    }

    /** Whether the whole transaction, run again, may succeed. */
    static boolean isRetryable(Throwable error) {
        return mySqlCode(error).filter(RETRYABLE::contains).isPresent();
    }

    static boolean isDuplicateKey(Throwable error) {
        return mySqlCode(error).filter(code -> code == DUPLICATE_KEY).isPresent();
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

    private static Optional<Integer> mySqlCode(Throwable error) {
        for (Throwable cause = error; cause != null; cause = cause.getCause()) {
            if (cause instanceof R2dbcException failure) {
                return Optional.of(failure.getErrorCode());
            }
        }
        return Optional.empty();
    }
}
