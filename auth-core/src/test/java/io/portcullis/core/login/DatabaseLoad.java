package io.portcullis.core.login;

import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** Watches from outside how much the database server does at a time. */
record DatabaseLoad(Sql sql) {
    private static final long INTERVAL_NANOS = 2_000_000;

    /** The most connections to this database that were running a statement at once, or held a transaction open. */
    int mostUntil(BooleanSupplier done) {
        long most = 0;
        while (!done.getAsBoolean()) {
            most = Math.max(most, sql.number("""
                    SELECT COUNT(*) FROM information_schema.processlist
                    WHERE db = DATABASE() AND command <> 'Sleep' AND id <> CONNECTION_ID()"""));
            LockSupport.parkNanos(INTERVAL_NANOS);
        }
        return Math.toIntExact(most);
    }

    /** Statements that the server was sent since it started, by anybody. */
    long statements() {
        return Long.parseLong(sql.texts("SHOW GLOBAL STATUS LIKE 'Questions'").get(1));
    }
}
