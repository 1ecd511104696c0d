package io.portcullis.core.error;

import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A failure that ends the request. The message is for the caller and never holds a token or a password; the cause is for the log.
 */
public final class PortcullisException extends RuntimeException {
    private static final Duration STORE_RETRY_AFTER = Duration.ofSeconds(1);

    private final ErrorCode code;

    @Nullable
    private final Duration retryAfter;

    private PortcullisException(
            ErrorCode code, String message, @Nullable Duration retryAfter, @Nullable Throwable cause) {
        // No stack trace without a cause: these are answers, not defects, and floods of them must stay cheap.
        super(message, cause, false, cause != null);
        this.code = code;
        this.retryAfter = retryAfter;
    }

    /** A refusal for a reason that {@code code} names in full. */
    public static PortcullisException of(ErrorCode code) {
        return new PortcullisException(code, "", null, null);
    }

    /** A refusal that needs a detail: what was wrong and what to write instead. */
    public static PortcullisException of(ErrorCode code, String detail) {
        return new PortcullisException(code, detail, null, null);
    }

    /** A refusal that passes by itself after {@code retryAfter}. */
    public static PortcullisException retryLater(ErrorCode code, Duration retryAfter) {
        return new PortcullisException(code, "", retryAfter, null);
    }

    /**
     * A store failed or was too slow: 503, never 401 (invariant I6). The outcome of a change that was under way is unknown.
     */
    public static PortcullisException storeUnavailable(String store, @Nullable Throwable cause) {
        return new PortcullisException(ErrorCode.UNAVAILABLE, store, STORE_RETRY_AFTER, cause);
    }

    /** The stable code. */
    public ErrorCode code() {
        return code;
    }

    /** The detail for the caller, empty when the code says all. */
    public String detail() {
        return code == ErrorCode.UNAVAILABLE ? "" : String.valueOf(getMessage());
    }

    /** When another try makes sense. */
    public Optional<Duration> retryAfter() {
        return Optional.ofNullable(retryAfter);
    }
}
