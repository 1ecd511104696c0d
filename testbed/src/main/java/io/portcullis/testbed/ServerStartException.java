package io.portcullis.testbed;

import org.jspecify.annotations.Nullable;

/** A server could not be started. The message says why, what to install or set, and how the server's log ended. */
public final class ServerStartException extends RuntimeException {
    ServerStartException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }

    /** Whether another process took the port between choosing it and listening on it. */
    boolean portWasTaken() {
        String message = getMessage();
        return message != null && message.contains("Address already in use");
    }
}
