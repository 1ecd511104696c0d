package io.portcullis.core.r2dbc;

/**
 * The current time as an SQL expression of type {@code DATETIME(3)}, in UTC. All nodes share the server's clock, so times that
 * are compared across nodes come from it and not from a node. Tests replace the expression to move the time.
 */
@FunctionalInterface
public interface CurrentTimeSql {
    /** The server's own clock. */
    CurrentTimeSql SERVER = new CurrentTimeSql() {
        @Override
        public String now() {
            return "UTC_TIMESTAMP(3)";
        }

        /** NOW() is the begin of the statement and SYSDATE() the present, both in the time zone of the connection. */
        @Override
        public String nowAfterLocks() {
            return "TIMESTAMPADD(MICROSECOND, TIMESTAMPDIFF(MICROSECOND, NOW(6), SYSDATE(6)), UTC_TIMESTAMP(3))";
        }
    };

    /** The time at the begin of the statement, the same wherever it stands in it. */
    String now();

    /** The time when it is evaluated: in a list of columns, after the statement has waited for the locks of their row. */
    default String nowAfterLocks() {
        return now();
    }
}
