package io.portcullis.testbed;

import org.jspecify.annotations.Nullable;

/**
 * Signals that a server could not be started. The message states the reason, the package to install or the setting to change,
 * and the end of the server's log.
 */
public final class ServerStartException extends RuntimeException {
    ServerStartException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }

    /** Returns whether another process occupied the port after it was chosen and before the server listened on it. */
    boolean portWasTaken() {
        String message = getMessage();
        return message != null && message.contains("Address already in use");
    }
}
