package io.portcullis.core.r2dbc;

import static org.assertj.core.api.Assertions.assertThat;

import io.portcullis.testbed.DatabaseServer;
import io.portcullis.testbed.ReplicatedDatabase;
import io.portcullis.testbed.ReplicatedDatabase.Mode;
import io.portcullis.testbed.TcpProxy;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.List;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Tests the search for the server that takes the writes, at the start of a node. The time limit needs a thread of its own, because a read
 * over JDBC that hangs does not heed an interrupt.
 */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
@Tag("database-independent")
class MigrationServersIT {
    @AutoClose
    private final ReplicatedDatabase database = ReplicatedDatabase.start(Mode.ASYNCHRONOUS);

    @AutoClose
    private final TcpProxy proxy = TcpProxy.to("127.0.0.1", database.replica().port());

    @Test
    void writerWhenAServerHangsAfterTheLoginThenIsFoundAllTheSame() throws Exception {
        var held = proxy.holdRequest("read_only");
        var servers = new MigrationServers(
                List.of(urls(proxy.port()), urls(database.primary().port())),
                database.primary().username(),
                database.primary().password());

        try (Connection connection = servers.writer().getConnection();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT @@port")) {
            assertThat(held).isCompleted();
            assertThat(row.next()).isTrue();
            assertThat(row.getInt(1)).isEqualTo(database.primary().port());
        }
    }

    private List<String> urls(int port) {
        return JdbcUrls.of(DatabaseServer.throughProxy(database.primary().r2dbcUrl(), port));
    }
}
