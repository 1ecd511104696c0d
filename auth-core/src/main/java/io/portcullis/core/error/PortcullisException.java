package io.portcullis.core.error;

import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A failure that ends the request with an {@link ErrorCode}. The message is sent to the caller, except for
 * {@code UNAVAILABLE}, and never contains a token or a password. The cause is only logged.
 */
public final class PortcullisException extends RuntimeException {
    private static final Duration STORE_RETRY_AFTER = Duration.ofSeconds(1);

    private final ErrorCode code;

    @Nullable
    private final Duration retryAfter;

    private PortcullisException(
            ErrorCode code, String message, @Nullable Duration retryAfter, @Nullable Throwable cause) {
        // Only an exception with a cause has a stack trace. The others are ordinary responses and must stay cheap
        // under a flood.
        super(message, cause, false, cause != null);
        this.code = code;
        this.retryAfter = retryAfter;
    }

    /** Creates an exception without a detail, for a reason that the code describes completely. */
    public static PortcullisException of(ErrorCode code) {
        return new PortcullisException(code, "", null, null);
    }

    /** Creates an exception with a detail for the caller: the rejected value and the expected one. */
    public static PortcullisException of(ErrorCode code, String detail) {
        return new PortcullisException(code, detail, null, null);
    }

    /**
     * Creates an exception for a temporary refusal. The response tells the client to retry after {@code retryAfter}.
     */
    public static PortcullisException retryLater(ErrorCode code, Duration retryAfter) {
        return new PortcullisException(code, "", retryAfter, null);
    }

    /**
     * Creates an {@code UNAVAILABLE} for a store that failed or timed out. The response is 503 and never 401
     * (invariant I6). The outcome of a change that was in progress is unknown.
     *
     * @param store the name of the store, for the log
     */
    public static PortcullisException storeUnavailable(String store, @Nullable Throwable cause) {
        return new PortcullisException(ErrorCode.UNAVAILABLE, store, STORE_RETRY_AFTER, cause);
    }

    /** Returns the code of the failure. */
    public ErrorCode code() {
        return code;
    }

    /** Returns the detail for the caller; empty when the code describes the failure completely. */
    public String detail() {
        return code == ErrorCode.UNAVAILABLE ? "" : String.valueOf(getMessage());
    }

    /** Returns the time after which a retry may succeed; empty if the client should not retry automatically. */
    public Optional<Duration> retryAfter() {
        return Optional.ofNullable(retryAfter);
    }
}
