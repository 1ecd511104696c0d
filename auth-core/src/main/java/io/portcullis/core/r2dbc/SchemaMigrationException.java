package io.portcullis.core.r2dbc;

/** Signals that the schema cannot be migrated. The message names the database and the cause, the action names the remedy. */
public final class SchemaMigrationException extends IllegalStateException {
    private final String action;

    SchemaMigrationException(String message, String action, Throwable cause) {
        super(message, cause);
        this.action = action;
    }

    SchemaMigrationException(String message, String action) {
        super(message);
        this.action = action;
    }

    /** Returns a sentence for the operator: what to check or to run. */
    public String action() {
        return action;
    }
}
