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
        return says("Address already in use");
    }

    /** Returns whether a node of a cluster ended because nothing received the state for it. */
    boolean transferFailed() {
        return says("Failed to prepare for 'rsync' SST");
    }

    private boolean says(String text) {
        String message = getMessage();
        return message != null && message.contains(text);
    }
}
