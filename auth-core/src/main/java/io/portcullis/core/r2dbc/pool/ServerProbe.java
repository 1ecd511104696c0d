package io.portcullis.core.r2dbc.pool;

import io.portcullis.core.r2dbc.ServerState;
import io.r2dbc.spi.Connection;
import io.r2dbc.spi.ConnectionFactory;
import io.r2dbc.spi.R2dbcException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/** Asks one server for its {@link ServerState}, on a connection of its own, which is opened again after each failure. */
final class ServerProbe {
    /** A limit that is noticed later than this after its end was noticed by a node that was stalled. */
    private static final Duration NOTABLE_STALL = Duration.ofMillis(200);

    private final ConnectionFactory connections;
    private final Duration connectLimit;
    private final Duration queryLimit;
    private final AtomicReference<@Nullable Connection> open = new AtomicReference<>();

    ServerProbe(ConnectionFactory connections, Duration connectLimit, Duration queryLimit) {
        this.connections = connections;
        this.connectLimit = connectLimit;
        this.queryLimit = queryLimit;
    }

    /**
     * Emits the state; {@link ServerState#UNREACHABLE} if the server does not respond within the limits. Never fails.
     *
     * <p>The loss of the kept connection says nothing about the server, and neither does a limit that passed while this node was stalled: then
     * it asks again on a new connection.
     */
    Mono<ServerState> look() {
        return Mono.defer(() -> {
                    boolean kept = open.get() != null;
                    long begun = System.nanoTime();
                    return ask().onErrorResume(failure ->
                            kept && !isSilence(failure, begun) ? forget().then(ask()) : Mono.error(failure));
                })
                .onErrorResume(failure -> forget().thenReturn(ServerState.UNREACHABLE));
    }

    private boolean isSilence(Throwable failure, long begun) {
        return failure instanceof TimeoutException
                && System.nanoTime() - begun < queryLimit.plus(NOTABLE_STALL).toNanos();
    }

    private Mono<ServerState> ask() {
        return connection().flatMap(connection -> state(connection).timeout(queryLimit));
    }

    private Mono<Connection> connection() {
        return Mono.defer(() -> {
            Connection present = open.get();
            return present == null ? connect() : Mono.just(present);
        });
    }

    private Mono<Connection> connect() {
        return Mono.<Connection>from(connections.create())
                // The first connection loads native libraries and TLS providers, which must not block an event loop.
                .subscribeOn(Schedulers.boundedElastic())
                .timeout(connectLimit)
                .doOnNext(open::set);
    }

    private static Mono<ServerState> state(Connection connection) {
        return values(connection, ServerState.VARIABLES)
                .zipWhen(variables -> values(connection, ServerState.STATUS), (variables, status) -> {
                    Map<String, String> all = new HashMap<>(variables);
                    all.putAll(status);
                    return all;
                })
                .zipWhen(values -> replicates(connection, values), ServerState::of);
    }

    private static Mono<Map<String, String>> values(Connection connection, String sql) {
        return Flux.from(connection.createStatement(sql).execute())
                .concatMap(result -> result.map((row, metadata) -> Map.entry(
                        String.valueOf(row.get(0, String.class)).toLowerCase(Locale.ROOT),
                        String.valueOf(row.get(1, String.class)))))
                .collectMap(Map.Entry::getKey, Map.Entry::getValue);
    }

    /** Emits whether MySQL replicates from another server; false if the account may not ask. MariaDB tells it by its status. */
    private static Mono<Boolean> replicates(Connection connection, Map<String, String> values) {
        if (!ServerState.needsReplication(values)) {
            return Mono.just(false);
        }
        return Flux.from(connection.createStatement(ServerState.REPLICATION).execute())
                .concatMap(result -> result.map((row, metadata) -> ServerState.replicates(
                        row.get("Replica_IO_Running", String.class), row.get("Replica_SQL_Running", String.class))))
                .any(running -> running)
                .onErrorResume(R2dbcException.class, ServerProbe::unlessRefused);
    }

    private static Mono<Boolean> unlessRefused(R2dbcException failure) {
        return failure.getErrorCode() > 0 ? Mono.just(false) : Mono.error(failure);
    }

    private Mono<Void> forget() {
        return Mono.defer(() -> {
            Connection present = open.getAndSet(null);
            return present == null
                    ? Mono.<Void>empty()
                    // A server that does not respond does not confirm the end either.
                    : Mono.from(present.close()).timeout(queryLimit).onErrorComplete();
        });
    }

    /** Closes the connection. */
    Mono<Void> close() {
        return forget();
    }
}
