package io.portcullis.core.r2dbc;

/** The schema cannot be brought up to date: the message says where and why, the action what to check or to run. */
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

    /** What the operator can do about it. */
    public String action() {
        return action;
    }
}
