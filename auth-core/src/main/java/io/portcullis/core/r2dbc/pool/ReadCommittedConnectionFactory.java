package io.portcullis.core.r2dbc.pool;

import io.r2dbc.spi.Connection;
import io.r2dbc.spi.ConnectionFactory;
import io.r2dbc.spi.ConnectionFactoryMetadata;
import io.r2dbc.spi.IsolationLevel;
import java.util.function.BooleanSupplier;
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

    /** @param left whether the node has left the server of these connections */
    ReadCommittedConnectionFactory(ConnectionFactory target, ServerChangeDetector changes, BooleanSupplier left) {
        this.target = target;
        this.changes = changes;
        this.left = left;
    }

    @Override
    public Mono<Connection> create() {
        return Mono.<Connection>from(target.create())
                .flatMap(ReadCommittedConnectionFactory::prepare)
                .<Connection>map(connection -> new ErrorReportingConnection(connection, changes, left))
                .onErrorMap(CannotConnectException::new);
    }

    private static Mono<Connection> prepare(Connection connection) {
        return Mono.from(connection.setTransactionIsolationLevel(IsolationLevel.READ_COMMITTED))
                .thenReturn(connection)
                .onErrorResume(error -> Mono.from(connection.close()).then(Mono.error(error)));
    }

    @Override
    public ConnectionFactoryMetadata getMetadata() {
        return target.getMetadata();
    }
}
