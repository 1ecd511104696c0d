package io.portcullis.core.r2dbc;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.UUID;
import java.util.concurrent.TimeUnit;

/**
 * The lock under which one node at a time migrates the schema. It is {@code GET_LOCK}, which the server releases when the connection closes. A Galera
 * node knows only its own of these, so in a cluster the lock is a row, which a node holds for at most 10 minutes.
 */
final class MigrationLock {
    private static final int LIMIT_SECONDS = 60;
    private static final int HOLD_MINUTES = 10;
    private static final int DEADLOCK = 1213;
    private static final long PAUSE_MILLIS = 200;
    private static final String TABLE = "portcullis_schema_lock";

    private final Connection connection;
    /** The holder of the row; empty for {@code GET_LOCK}. */
    private final String holder;

    private MigrationLock(Connection connection, String holder) {
        this.connection = connection;
        this.holder = holder;
    }

    /** Waits up to 60 s for the lock. */
    static MigrationLock acquire(Connection connection) throws SQLException {
        return isGalera(connection) ? acquireRow(connection) : acquireNamed(connection);
    }

    private static MigrationLock acquireNamed(Connection connection) throws SQLException {
        try (PreparedStatement lock =
                connection.prepareStatement("SELECT GET_LOCK(CONCAT('portcullis.', MD5(DATABASE())), ?)")) {
            lock.setInt(1, LIMIT_SECONDS);
            try (ResultSet row = lock.executeQuery()) {
                if (!row.next() || row.getInt(1) != 1) {
                    throw busy();
                }
            }
        }
        return new MigrationLock(connection, "");
    }

    private static MigrationLock acquireRow(Connection connection) throws SQLException {
        var unusedCreated = execute(
                connection,
                "CREATE TABLE IF NOT EXISTS " + TABLE
                        + " (id INT PRIMARY KEY, holder VARCHAR(36) NOT NULL, held_until DATETIME(3) NOT NULL) ENGINE = InnoDB");
        var unusedInserted = execute(connection, "INSERT IGNORE INTO " + TABLE + " VALUES (1, '', '2000-01-01')");
        var lock = new MigrationLock(connection, UUID.randomUUID().toString());
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(LIMIT_SECONDS);
        while (!lock.take()) {
            if (System.nanoTime() - deadline > 0) {
                throw busy();
            }
            pause();
        }
        return lock;
    }

    /** Of two nodes that take the row at the same moment, one gets a deadlock at its commit. */
    private boolean take() throws SQLException {
        return execute(
                        connection,
                        "UPDATE " + TABLE + " SET holder = '" + holder + "', held_until = UTC_TIMESTAMP(3) + INTERVAL "
                                + HOLD_MINUTES + " MINUTE WHERE id = 1 AND held_until < UTC_TIMESTAMP(3)")
                == 1;
    }

    private static int execute(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            return statement.executeUpdate(sql);
        } catch (SQLException e) {
            if (e.getErrorCode() == DEADLOCK) {
                return 0;
            }
            throw e;
        }
    }

    private static void pause() throws SQLException {
        try {
            TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new SQLException("interrupted while waiting for the migration lock", e);
        }
    }

    private static SQLException busy() {
        return new SQLException("no migration lock within " + LIMIT_SECONDS + " s: another node is migrating");
    }

    private static boolean isGalera(Connection connection) throws SQLException {
        return ServerState.isOn(
                ServerVariables.read(connection, "SHOW GLOBAL VARIABLES WHERE Variable_name = 'wsrep_on'"), "wsrep_on");
    }

    /** Releases the row. The server releases {@code GET_LOCK} itself. */
    void release() throws SQLException {
        if (!holder.isEmpty()) {
            int unused = execute(
                    connection,
                    "UPDATE " + TABLE + " SET held_until = UTC_TIMESTAMP(3) WHERE holder = '" + holder + "'");
        }
    }
}
