package io.portcullis.core.token.store;

import org.jspecify.annotations.Nullable;

/**
 * Signals that a command was not sent to Redis, because there was no connection. The command will not run later, unlike one that
 * timed out. This exception is the cause of the {@code UNAVAILABLE} that {@link AccessTokenCache} signals.
 */
public final class UnsentCommandException extends RuntimeException {
    /** @param cause the failure of the connection; null if there is none */
    public UnsentCommandException(@Nullable Throwable cause) {
        super("not connected", cause, false, false);
    }
}
