package io.portcullis.core.r2dbc.pool;

import static org.assertj.core.api.Assertions.assertThat;

import io.portcullis.testbed.Await;
import io.portcullis.testbed.ReplicatedDatabase;
import io.portcullis.testbed.ReplicatedDatabase.Mode;
import io.portcullis.testbed.TcpProxy;
import io.r2dbc.pool.ConnectionPool;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.r2dbc.core.DatabaseClient;

/** Tests to which server a connection is that was being made while the writer changed. */
@Timeout(180)
@Tag("database-independent")
class WriterConnectionFactoryIT {
    private static final Duration LONG = Duration.ofSeconds(60);
    private static final PoolSettings SETTINGS = new PoolSettings(
            1,
            0,
            LONG,
            LONG,
            LONG,
            LONG,
            new MySqlTimeouts(LONG, Duration.ofSeconds(3), Duration.ofSeconds(3), LONG, LONG));

    @AutoClose
    private final ReplicatedDatabase database = ReplicatedDatabase.start(Mode.ASYNCHRONOUS);

    @AutoClose
    private final TcpProxy proxy = TcpProxy.to("127.0.0.1", database.primary().port());

    @AutoClose
    private final MySqlServers servers = MySqlServers.start(
            database.r2dbcUrl().replace(":" + database.primary().port(), ":" + proxy.port()),
            database.primary().username(),
            database.primary().password(),
            SETTINGS.timeouts(),
            false);

    private boolean isWriter(int port) {
        return servers.writer() != null
                && Objects.requireNonNull(servers.writer()).port() == port;
    }

    /** The last request of a login is held, so the connection arrives after the node has left its server. */
    @Test
    void connectionWhenTheWriterChangesDuringItsLoginThenIsToTheNewOne() throws Exception {
        int replica = database.replica().port();
        ConnectionPool pool = MySqlConnectionPools.create(servers, SETTINGS);
        try {
            Await.until("the primary is the writer", () -> isWriter(proxy.port()));
            CompletableFuture<Void> held = proxy.holdRequest("READ COMMITTED");
            CompletableFuture<Integer> port = DatabaseClient.create(pool)
                    .sql("SELECT @@port")
                    .mapValue(Integer.class)
                    .one()
                    .toFuture();
            held.get(60, TimeUnit.SECONDS);
            database.setPrimaryReadOnly();
            database.promoteReplica();
            Await.until("the replica is the writer", () -> isWriter(replica));

            proxy.heal();

            assertThat(port.get(60, TimeUnit.SECONDS)).isEqualTo(replica);
        } finally {
            pool.dispose();
        }
    }
}
