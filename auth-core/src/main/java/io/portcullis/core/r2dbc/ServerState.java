package io.portcullis.core.r2dbc;

import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a server said about itself, as far as it decides where the gateway writes.
 *
 * @param role whether the server takes writes, and if not, why
 * @param cluster the id of the Galera cluster to which the server belongs; empty if it belongs to none
 */
public record ServerState(Role role, String cluster) {
    /** The state of a server that did not respond. */
    public static final ServerState UNREACHABLE = new ServerState(Role.UNREACHABLE, "");

    /**
     * Asks for the variables that {@link #of} reads. {@code SHOW} needs no right, does not fail for a variable that the server does not
     * know, and works on a Galera node that refuses queries because it is not part of its cluster.
     */
    public static final String VARIABLES = "SHOW GLOBAL VARIABLES WHERE Variable_name IN"
            + " ('version', 'read_only', 'super_read_only', 'offline_mode', 'innodb_read_only', 'wsrep_on',"
            + " 'wsrep_reject_queries', 'pxc_maint_mode')";

    /** Asks for the status values that {@link #of} reads. {@code Slaves_running} is MariaDB's number of running replications. */
    public static final String STATUS = "SHOW GLOBAL STATUS WHERE Variable_name IN"
            + " ('Slaves_running', 'wsrep_ready', 'wsrep_cluster_status', 'wsrep_local_state',"
            + " 'wsrep_cluster_state_uuid')";

    /** Asks MySQL for its replication. MariaDB tells it to all accounts by {@link #STATUS}. */
    public static final String REPLICATION = "SHOW REPLICA STATUS";

    private static final Set<String> OFF = Set.of("off", "0", "");
    private static final String SYNCED = "4";
    private static final Set<String> READ_ONLY =
            Set.of("read_only", "super_read_only", "innodb_read_only", "offline_mode");
    private static final Set<String> DRAIN = Set.of("wsrep_reject_queries", "pxc_maint_mode");
    private static final Set<String> NOT_DRAINED = Set.of("none", "disabled", "");

    /** Whether a server takes the writes of the gateway. */
    public enum Role {
        /** Takes writes. */
        WRITABLE,
        /** Is {@code read_only}, {@code super_read_only}, {@code innodb_read_only} or {@code offline_mode}. */
        READ_ONLY,
        /** Takes writes, but replicates from another server. */
        REPLICA,
        /** Is a Galera node that is outside of its cluster, or not in step with it. */
        NOT_SYNCED,
        /** Is a Galera node that refuses queries before its maintenance: {@code wsrep_reject_queries}, {@code pxc_maint_mode}. */
        DRAINED,
        /** Did not respond. */
        UNREACHABLE
    }

    /**
     * Returns the state of a server.
     *
     * @param values the results of {@link #VARIABLES} and {@link #STATUS}, with names in lower case
     * @param replicates whether the server replicates from another one, as far as MySQL told it; MariaDB tells it by its status
     */
    public static ServerState of(Map<String, String> values, boolean replicates) {
        boolean galera = isOn(values, "wsrep_on");
        String cluster = galera ? values.getOrDefault("wsrep_cluster_state_uuid", "") : "";
        return new ServerState(role(values, galera, replicates), cluster);
    }

    private static Role role(Map<String, String> values, boolean galera, boolean replicates) {
        if (READ_ONLY.stream().anyMatch(variable -> isOn(values, variable))) {
            return Role.READ_ONLY;
        }
        if (galera && DRAIN.stream().anyMatch(variable -> !NOT_DRAINED.contains(value(values, variable)))) {
            return Role.DRAINED;
        }
        if (galera) {
            return isOn(values, "wsrep_ready")
                            && "primary".equals(value(values, "wsrep_cluster_status"))
                            && SYNCED.equals(value(values, "wsrep_local_state"))
                    ? Role.WRITABLE
                    : Role.NOT_SYNCED;
        }
        return replicates || isOn(values, "slaves_running") ? Role.REPLICA : Role.WRITABLE;
    }

    /** Returns whether {@link #REPLICATION} must be asked as well, since the status values do not tell whether the server replicates. */
    public static boolean needsReplication(Map<String, String> values) {
        return !values.getOrDefault("version", "").contains("MariaDB");
    }

    /**
     * Returns whether a row of {@link #REPLICATION} is that of a replication that runs.
     *
     * @param receiving the column {@code Replica_IO_Running}: {@code Yes}, {@code No} or {@code Connecting}
     * @param executing the column {@code Replica_SQL_Running}: {@code Yes} or {@code No}
     */
    public static boolean replicates(@Nullable String receiving, @Nullable String executing) {
        return !"No".equals(receiving) || "Yes".equals(executing);
    }

    static boolean isOn(Map<String, String> values, String name) {
        return !OFF.contains(value(values, name));
    }

    private static String value(Map<String, String> values, String name) {
        return values.getOrDefault(name, "").toLowerCase(Locale.ROOT);
    }

    /** Returns whether the server takes the gateway's writes. */
    public boolean isWritable() {
        return role == Role.WRITABLE;
    }

    /** Returns whether both servers are nodes of the same Galera cluster. */
    public boolean isOfTheClusterOf(ServerState other) {
        return !cluster.isEmpty() && cluster.equals(other.cluster);
    }
}
