package io.portcullis.core.r2dbc.pool;

import io.r2dbc.spi.Connection;
import io.r2dbc.spi.ConnectionFactory;
import io.r2dbc.spi.ConnectionFactoryMetadata;
import io.r2dbc.spi.IsolationLevel;
import io.r2dbc.spi.Result;
import java.util.function.BooleanSupplier;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Creates connections with the isolation level READ COMMITTED. The level is set once per connection, so that transactions need no
 * round trip for it. It is set by a statement, because the name of the session variable differs between MySQL 8 and MariaDB 10.6.
 * The connections report their errors to {@link ServerChangeDetector}.
 */
final class ReadCommittedConnectionFactory implements ConnectionFactory {
    private final ConnectionFactory target;
    private final ServerChangeDetector changes;
    private final BooleanSupplier left;
    private final BooleanSupplier waits;

    /**
     * @param left whether the node has left the server of these connections
     * @param waits whether reads must wait for the commits of the other nodes of a Galera cluster
     */
    ReadCommittedConnectionFactory(
            ConnectionFactory target, ServerChangeDetector changes, BooleanSupplier left, BooleanSupplier waits) {
        this.waits = waits;
        this.target = target;
        this.changes = changes;
        this.left = left;
    }

    @Override
    public Mono<Connection> create() {
        return Mono.<Connection>from(target.create())
                .flatMap(this::prepare)
                .<Connection>map(connection -> new ErrorReportingConnection(connection, changes, left))
                .onErrorMap(CannotConnectException::new);
    }

    private Mono<Connection> prepare(Connection connection) {
        return Mono.from(connection.setTransactionIsolationLevel(IsolationLevel.READ_COMMITTED))
                .then(waits.getAsBoolean() ? waitForCluster(connection) : Mono.empty())
                .thenReturn(connection)
                .onErrorResume(error -> Mono.from(connection.close()).then(Mono.error(error)));
    }

    /**
     * A SELECT outside of a transaction, and BEGIN, then wait until the node has applied what was committed at other nodes before. The
     * statements of a transaction, and writes, do not wait.
     */
    private static Mono<Void> waitForCluster(Connection connection) {
        return Flux.from(connection
                        .createStatement("SET SESSION wsrep_sync_wait = 1")
                        .execute())
                .concatMap(Result::getRowsUpdated)
                .then();
    }

    @Override
    public ConnectionFactoryMetadata getMetadata() {
        return target.getMetadata();
    }
}
