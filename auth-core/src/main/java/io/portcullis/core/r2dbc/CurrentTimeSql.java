package io.portcullis.core.r2dbc;

/**
 * Provides the current time as an SQL expression of type {@code DATETIME(3)}, in UTC. Times that are compared across nodes come
 * from the database's clock, which all nodes share. Tests replace the expression to move the time.
 */
@FunctionalInterface
public interface CurrentTimeSql {
    /** Reads the database's clock. */
    CurrentTimeSql SERVER = new CurrentTimeSql() {
        @Override
        public String now() {
            return "UTC_TIMESTAMP(3)";
        }

        /**
         * Adds the age of the statement to its start: NOW() is the start, SYSDATE() the present, both in the connection's time
         * zone.
         */
        @Override
        public String nowAfterLocks() {
            return "TIMESTAMPADD(MICROSECOND, TIMESTAMPDIFF(MICROSECOND, NOW(6), SYSDATE(6)), UTC_TIMESTAMP(3))";
        }
    };

    /** Returns the expression for the time at which the statement started; all its occurrences in a statement are equal. */
    String now();

    /**
     * Returns the expression for the time of its evaluation. In a select list, this is after the statement has waited for row
     * locks.
     */
    default String nowAfterLocks() {
        return now();
    }
}
