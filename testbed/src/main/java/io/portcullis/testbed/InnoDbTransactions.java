package io.portcullis.testbed;

import java.sql.Connection;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;

/** Conditions on the table {@code information_schema.innodb_trx}, for {@link Await}. */
public final class InnoDbTransactions {
    /** InnoDB refreshes the table only if it has not been read for 100 ms. */
    private static final long PAUSE_MILLIS = 150;

    private InnoDbTransactions() {}

    /** Returns the condition that a transaction waits for a lock, as the database of the connection sees it. */
    public static Callable<Boolean> waiting(Connection database) {
        return fresh(() -> {
            try (var statement = database.createStatement();
                    var rows = statement.executeQuery(
                            "SELECT COUNT(*) FROM information_schema.innodb_trx WHERE trx_state = 'LOCK WAIT'")) {
                return rows.next() && rows.getInt(1) > 0;
            }
        });
    }

    /** Returns the condition with a pause before each evaluation, so that each one reads a fresh table. */
    public static Callable<Boolean> fresh(Callable<Boolean> condition) {
        return () -> {
            TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS);
            return condition.call();
        };
    }
}
