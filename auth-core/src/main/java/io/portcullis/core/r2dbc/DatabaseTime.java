package io.portcullis.core.r2dbc;

/**
 * The current time as an SQL expression of type {@code DATETIME(3)}, in UTC. All nodes share the server's clock, so times that
 * are compared across nodes come from it and not from a node. Tests replace the expression to move the time.
 */
@FunctionalInterface
public interface DatabaseTime {
    /** The server's own clock, as of the begin of the statement. */
    DatabaseTime SERVER = () -> "UTC_TIMESTAMP(3)";

    /** The expression; evaluated anew for each statement. */
    String now();
}
