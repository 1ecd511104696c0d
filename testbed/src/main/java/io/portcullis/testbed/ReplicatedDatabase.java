package io.portcullis.testbed;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * Two real database servers with the same accounts: a primary and its replica, which is read-only. Tests promote the replica as a failover
 * manager would.
 */
public final class ReplicatedDatabase implements AutoCloseable {
    /** When a commit is acknowledged. */
    public enum Mode {
        /** At once. A commit that the replica has not received is lost when the primary is. */
        ASYNCHRONOUS,
        /** When the replica has received it. */
        SEMI_SYNCHRONOUS
    }

    private static final Duration CATCH_UP_LIMIT = Duration.ofMinutes(3);

    private final DatabaseProduct.Replication replication =
            DatabaseProduct.selected().replication();
    private final Mode mode;
    private final String password = DatabaseServer.newPassword();
    private DatabaseServer primary;
    private DatabaseServer replica;
    private int servers;

    private ReplicatedDatabase(Mode mode) {
        this.mode = mode;
        this.primary = startServer(replication.semiSynchronousPrimary());
        this.replica = startServer(replication.semiSynchronousReplica());
    }

    /** Returns why this mode is not available; empty if it is. */
    public static Optional<String> obstacle(Mode mode) {
        boolean missing = mode == Mode.SEMI_SYNCHRONOUS
                && DatabaseProduct.selected()
                        .replication()
                        .semiSynchronousPrimary()
                        .isEmpty();
        return missing
                ? Optional.of("the database package of the testbed has no semi-synchronous replication")
                : Optional.empty();
    }

    /**
     * Starts both servers, and waits until the replica has executed what the primary has.
     *
     * @throws ServerStartException if a server does not start; the message names the remedy
     */
    public static ReplicatedDatabase start(Mode mode) {
        var started = new ReplicatedDatabase(mode);
        started.replicate();
        if (mode == Mode.SEMI_SYNCHRONOUS) {
            Await.until("the replica acknowledges commits", started::acknowledges);
        }
        return started;
    }

    private DatabaseServer startServer(List<String> semiSynchronous) {
        List<String> arguments = new ArrayList<>(replication.arguments());
        servers++;
        arguments.add("--server-id=" + servers);
        if (mode == Mode.SEMI_SYNCHRONOUS) {
            arguments.addAll(semiSynchronous);
        }
        // Each server creates the accounts itself.
        return DatabaseServer.start(password, arguments, List.of("SET sql_log_bin = 0;"));
    }

    private void replicate() {
        execute(replica, "SET GLOBAL read_only = 1");
        execute(replica, replication.source().formatted(primary.port(), primary.username(), password));
        execute(replica, replication.start());
        Await.until("the replica is connected", () -> isAt(replication.receiving(), "Waiting for"));
    }

    private boolean acknowledges() {
        return !query(
                        primary,
                        "SHOW GLOBAL STATUS WHERE Variable_name LIKE 'Rpl_semi_sync_%_clients' AND Value > 0",
                        "Value")
                .isEmpty();
    }

    /** Returns the server that takes the writes at first, and after {@link #replaceFormerPrimary} the one that was promoted. */
    public DatabaseServer primary() {
        return primary;
    }

    /** Returns the server that replicates at first, and after {@link #replaceFormerPrimary} the one that replaced the former primary. */
    public DatabaseServer replica() {
        return replica;
    }

    /** Returns the R2DBC URL of the database {@code portcullis} on both servers, the primary first. */
    public String r2dbcUrl() {
        String address = "127.0.0.1:" + primary.port();
        return primary.r2dbcUrl().replace(address, address + ",127.0.0.1:" + replica.port());
    }

    /** Makes the replica the primary, once it has executed all that it has received. */
    public void promoteReplica() {
        execute(replica, replication.stopReceiving());
        Await.until(
                "the replica has executed all events", () -> isAt(replication.executing(), "has read all relay log"));
        execute(replica, replication.stop());
        execute(replica, replication.forget());
        replica.setReadOnly(false);
    }

    /**
     * Replaces the former primary, dead or alive, by a new server that replicates from the promoted one. It is the replica from then on, and
     * has executed what the primary has. With it commits wait for the replica again, for which the promoted server did not wait.
     */
    public void replaceFormerPrimary() {
        primary.close();
        primary = replica;
        replica = startServer(replication.semiSynchronousReplica());
        setDurable(false);
        replicate();
        Await.until(
                () -> "the replica has executed what it received",
                CATCH_UP_LIMIT,
                () -> isAt(replication.executing(), "has read all relay log"));
        setDurable(true);
        if (mode == Mode.SEMI_SYNCHRONOUS) {
            execute(primary, "SET GLOBAL rpl_semi_sync_master_enabled = ON");
            Await.until("the replica acknowledges commits", this::acknowledges);
        }
    }

    /** Makes the replica's commits durable, or much faster: it executes all commits since the start of the first primary. */
    private void setDurable(boolean durable) {
        execute(replica, "SET GLOBAL sync_binlog = " + (durable ? 1 : 0));
        execute(replica, "SET GLOBAL innodb_flush_log_at_trx_commit = " + (durable ? 1 : 0));
    }

    /** Starts the primary again after a crash, as the primary. */
    public void restartPrimary() {
        primary.restart(mode == Mode.SEMI_SYNCHRONOUS ? replication.semiSynchronousPrimary() : List.of());
    }

    /** Makes the replica receive nothing, or receive again. */
    public void setReceiving(boolean receiving) {
        execute(replica, receiving ? replication.start() : replication.stopReceiving());
    }

    /** Makes the replica execute what it has received this many seconds late. */
    public void setDelay(int seconds) {
        execute(replica, replication.stop());
        execute(replica, replication.delay().formatted(seconds));
        execute(replica, replication.start());
    }

    private boolean isAt(String column, String state) {
        return query(replica, replication.status(), column).stream().anyMatch(text -> text.contains(state));
    }

    /** Starts the primary again after a crash, read-only, as a failover manager configures a server that comes back. */
    public void restartPrimaryReadOnly() {
        primary.restart(List.of("--read-only=1"));
    }

    /**
     * Makes the primary read-only after it hung. Ends its semi-synchronous replication first, because a commit that waits for a replica that is gone
     * would hold the statement up for ever.
     */
    public void setPrimaryReadOnly() {
        if (mode == Mode.SEMI_SYNCHRONOUS) {
            execute(primary, "SET GLOBAL rpl_semi_sync_master_enabled = OFF");
        }
        primary.setReadOnly(true);
    }

    private static void execute(DatabaseServer server, String sql) {
        try {
            server.execute(sql);
        } catch (SQLException e) {
            throw new IllegalStateException("cannot execute on port " + server.port() + ": " + sql, e);
        }
    }

    private static List<String> query(DatabaseServer server, String sql, String column) {
        try (Connection connection = server.connect();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            List<String> values = new ArrayList<>();
            while (rows.next()) {
                // A thread that has no state at this moment has none in its column.
                values.add(Objects.requireNonNullElse(rows.getString(column), ""));
            }
            return values;
        } catch (SQLException e) {
            throw new IllegalStateException("cannot execute on port " + server.port() + ": " + sql, e);
        }
    }

    @Override
    public void close() {
        replica.close();
        primary.close();
    }
}
