package io.portcullis.core.r2dbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.portcullis.core.r2dbc.ServerState.Role;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DatabaseTopologyTests {
    private static Map<String, String> values(String text) {
        Map<String, String> values = new TreeMap<>();
        for (String pair : text.isEmpty() ? new String[0] : text.split(" ")) {
            values.put(pair.split("=", -1)[0], pair.split("=", -1)[1]);
        }
        return values;
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "read_only=OFF | WRITABLE",
                "read_only=ON | READ_ONLY",
                // MariaDB 12 has levels of read_only.
                "read_only=NO_LOCK | READ_ONLY",
                "read_only=OFF super_read_only=ON | READ_ONLY",
                "read_only=OFF offline_mode=ON | READ_ONLY",
                "read_only=OFF slaves_running=1 | REPLICA",
                "wsrep_on=ON wsrep_ready=ON wsrep_cluster_status=Primary wsrep_local_state=4 slaves_running=1 | WRITABLE",
                "wsrep_on=ON wsrep_ready=ON wsrep_cluster_status=Primary wsrep_local_state=2 | NOT_SYNCED",
                "wsrep_on=ON wsrep_reject_queries=ALL wsrep_ready=ON wsrep_cluster_status=Primary wsrep_local_state=4 | DRAINED",
                "wsrep_on=ON wsrep_reject_queries=NONE pxc_maint_mode=DISABLED wsrep_ready=ON wsrep_cluster_status=Primary wsrep_local_state=4 | WRITABLE",
                "wsrep_on=ON pxc_maint_mode=SHUTDOWN wsrep_ready=ON wsrep_cluster_status=Primary wsrep_local_state=4 | DRAINED",
                "read_only=OFF innodb_read_only=ON | READ_ONLY",
                "wsrep_on=ON wsrep_ready=OFF wsrep_cluster_status=non-Primary wsrep_local_state=4 | NOT_SYNCED",
                "wsrep_on=ON wsrep_ready=ON wsrep_cluster_status=Primary wsrep_local_state=4 read_only=ON | READ_ONLY",
            })
    void roleWhenVariablesThenAsTheyMean(String values, Role role) {
        assertThat(ServerState.of(values(values), false).role()).isEqualTo(role);
    }

    @Test
    void roleWhenMySqlReplicatesThenReplica() {
        assertThat(ServerState.of(values("read_only=OFF"), true).role()).isEqualTo(Role.REPLICA);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "read_only=OFF | a server that takes writes, whose commits wait for no replica",
                "read_only=ON | a read-only server, whose commits wait for no replica",
                "rpl_semi_sync_master_status=ON rpl_semi_sync_master_clients=2 | a server that takes writes, whose commits wait"
                        + " for one of 2 semi-synchronous replicas",
                "rpl_semi_sync_source_status=ON rpl_semi_sync_source_clients=1 | a server that takes writes, whose commits wait"
                        + " for one of 1 semi-synchronous replicas",
                "wsrep_on=ON wsrep_cluster_size=3 | a Galera cluster of 3 nodes; reads wait for the commits of the others"
                        + " (wsrep_sync_wait = 1)",
                "group_replication_group_name=x group_replication_single_primary_mode=ON"
                        + " group_replication_consistency=BEFORE_ON_PRIMARY_FAILOVER | a group in single-primary mode",
            })
    void topologyWhenSupportedThenOneSentence(String values, String sentence) {
        assertThat(DatabaseTopology.of(values(values), true, true).description())
                .isEqualTo(sentence);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "log_bin=ON binlog_format=STATEMENT | true | true | binlog_format = STATEMENT",
                "log_bin=ON binlog_format=ROW | false | true | sql_log_bin = 0",
                "wsrep_on=ON | true | false | wsrep_sync_wait",
                "group_replication_group_name=x group_replication_single_primary_mode=OFF | true | true | multi-primary",
                "group_replication_group_name=x group_replication_single_primary_mode=ON"
                        + " group_replication_consistency=EVENTUAL | true | true | EVENTUAL",
            })
    void topologyWhenItCannotKeepThePromisesThenRefused(String values, boolean logged, boolean waits, String message) {
        assertThatThrownBy(() -> DatabaseTopology.of(values(values), logged, waits))
                .isInstanceOf(SchemaMigrationException.class)
                .hasMessageContaining(message);
    }

    @Test
    void topologyWhenTheBinaryLogIsOffThenItsFormatDoesNotMatter() {
        assertThat(DatabaseTopology.of(values("log_bin=OFF binlog_format=STATEMENT"), true, true)
                        .isGalera())
                .isFalse();
    }
}
