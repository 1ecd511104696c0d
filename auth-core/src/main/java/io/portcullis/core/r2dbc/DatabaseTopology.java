package io.portcullis.core.r2dbc;

import io.portcullis.core.error.RootCause;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;

/**
 * What the database is, as found at the start.
 *
 * @param kind the kind of the database
 * @param description the kind in words, for the log
 */
public record DatabaseTopology(Kind kind, String description) {
    private static final String VARIABLES =
            "SHOW GLOBAL VARIABLES WHERE Variable_name IN ('version', 'read_only', 'super_read_only',"
                    + " 'offline_mode', 'wsrep_on', 'log_bin', 'binlog_format', 'group_replication_group_name',"
                    + " 'group_replication_single_primary_mode', 'group_replication_consistency')";
    private static final String STATUS = "SHOW GLOBAL STATUS WHERE Variable_name IN ('Slaves_running', 'wsrep_ready',"
            + " 'wsrep_cluster_status', 'wsrep_local_state', 'wsrep_cluster_size', 'wsrep_cluster_state_uuid',"
            + " 'Rpl_semi_sync_master_status', 'Rpl_semi_sync_master_clients', 'Rpl_semi_sync_source_status',"
            + " 'Rpl_semi_sync_source_clients')";
    private static final String NAME = "the MySQL server";

    /** The kinds that make a difference to the gateway. */
    public enum Kind {
        /** One server, or a primary with replicas. */
        SERVER,
        /** A node of a Galera cluster. */
        GALERA,
        /** A member of a group in single-primary mode. */
        GROUP
    }

    /**
     * Finds out what the database is. Blocks, so it must be called only at the start.
     *
     * @throws SchemaMigrationException if the database cannot be reached, or cannot keep the promises of the gateway as it is configured
     */
    public static DatabaseTopology find(String r2dbcUrl, String username, String password) {
        try (Connection connection = new MigrationServers(JdbcUrls.byServer(r2dbcUrl), username, password)
                .writer()
                .getConnection()) {
            Map<String, String> values = ServerVariables.read(connection, VARIABLES, STATUS);
            boolean logged = isLogged(connection, values);
            boolean waits = !isOn(values, "wsrep_on") || canWait(connection);
            return of(values, logged, waits);
        } catch (SQLException e) {
            throw new SchemaMigrationException(
                    "Cannot find out what the MySQL server is: " + RootCause.describe(e),
                    "Check spring.r2dbc.url, and that a server takes writes.",
                    e);
        }
    }

    /**
     * Returns the topology of a server with these variables and status values.
     *
     * @param logged whether the session's writes are in the binary log, if the server has one
     * @param waits whether a Galera node accepts {@code wsrep_sync_wait} for the session
     */
    static DatabaseTopology of(Map<String, String> values, boolean logged, boolean waits) {
        if (isOn(values, "log_bin") && "STATEMENT".equalsIgnoreCase(values.get("binlog_format"))) {
            throw refused(
                    NAME
                            + " has binlog_format = STATEMENT, with which InnoDB refuses the gateway's writes (READ COMMITTED).",
                    "Set binlog_format = ROW.");
        }
        if (!logged) {
            throw refused(
                    NAME + " does not log the writes of this account (sql_log_bin = 0): no replica would get them.",
                    "Remove SET sql_log_bin from init_connect.");
        }
        if (isOn(values, "wsrep_on")) {
            return galera(values, waits);
        }
        return values.getOrDefault("group_replication_group_name", "").isEmpty() ? server(values) : group(values);
    }

    private static DatabaseTopology galera(Map<String, String> values, boolean waits) {
        if (!waits) {
            throw refused(
                    NAME
                            + " is a Galera node that does not accept SET SESSION wsrep_sync_wait = 1: reads would miss the commits of other"
                            + " nodes.",
                    "Use a node and an account that accept it, or one node without wsrep_on.");
        }
        return new DatabaseTopology(
                Kind.GALERA,
                "a Galera cluster of " + values.getOrDefault("wsrep_cluster_size", "?")
                        + " nodes; reads wait for the commits of the others (wsrep_sync_wait = 1)");
    }

    private static DatabaseTopology group(Map<String, String> values) {
        if (!isOn(values, "group_replication_single_primary_mode")) {
            throw refused(
                    NAME
                            + " is a member of a group in multi-primary mode, in which row locks do not hold between the members.",
                    "Use single-primary mode.");
        }
        if ("EVENTUAL".equalsIgnoreCase(values.get("group_replication_consistency"))) {
            throw refused(
                    NAME
                            + " is a member of a group with group_replication_consistency = EVENTUAL: a new primary would answer before it"
                            + " knows all ended sessions.",
                    "Set group_replication_consistency = BEFORE_ON_PRIMARY_FAILOVER on all members.");
        }
        return new DatabaseTopology(Kind.GROUP, "a group in single-primary mode");
    }

    private static DatabaseTopology server(Map<String, String> values) {
        ServerState state = ServerState.of(values, false);
        String role = switch (state.role()) {
            case READ_ONLY -> "a read-only server";
            case REPLICA -> "a replica whose replication runs";
            default -> "a server that takes writes";
        };
        return new DatabaseTopology(Kind.SERVER, role + ", " + acknowledgement(values));
    }

    private static String acknowledgement(Map<String, String> values) {
        boolean waits = isOn(values, "rpl_semi_sync_master_status") || isOn(values, "rpl_semi_sync_source_status");
        String replicas = values.getOrDefault(
                "rpl_semi_sync_master_clients", values.getOrDefault("rpl_semi_sync_source_clients", "0"));
        return waits
                ? "whose commits wait for one of " + replicas + " semi-synchronous replicas"
                : "whose commits wait for no replica";
    }

    private static SchemaMigrationException refused(String message, String action) {
        return new SchemaMigrationException(message, action, new IllegalStateException(message));
    }

    private static boolean isOn(Map<String, String> values, String name) {
        return ServerState.isOn(values, name);
    }

    private static boolean isLogged(Connection connection, Map<String, String> values) throws SQLException {
        if (!isOn(values, "log_bin")) {
            return true;
        }
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT @@SESSION.sql_log_bin")) {
            return row.next() && row.getInt(1) == 1;
        }
    }

    private static boolean canWait(Connection connection) {
        try (Statement statement = connection.createStatement()) {
            statement.execute("SET SESSION wsrep_sync_wait = 1");
            try (ResultSet row = statement.executeQuery("SELECT @@SESSION.wsrep_sync_wait & 1")) {
                return row.next() && row.getInt(1) == 1;
            }
        } catch (SQLException e) {
            return false;
        }
    }

    /** Returns whether the database takes writes at several servers, so that it compares written rows instead of holding locks. */
    public boolean isGalera() {
        return kind == Kind.GALERA;
    }
}
