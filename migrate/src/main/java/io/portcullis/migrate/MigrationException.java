package io.portcullis.migrate;

/** A failure that the operator can correct. The message is a sentence for the operator, without secrets. */
public final class MigrationException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    MigrationException(String message) {
        super(message);
    }

    MigrationException(String message, Throwable cause) {
        super(message, cause);
    }
}
