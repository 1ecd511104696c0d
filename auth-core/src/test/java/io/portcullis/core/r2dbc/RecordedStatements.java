package io.portcullis.core.r2dbc;

import io.r2dbc.spi.Connection;
import io.r2dbc.spi.ConnectionFactory;
import io.r2dbc.spi.ConnectionFactoryMetadata;
import io.r2dbc.spi.Statement;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Records the statements that are executed on a server, so that the server can be asked how it executes them. */
final class RecordedStatements implements ConnectionFactory {
    private final ConnectionFactory target;
    private final Queue<Recorded> recorded = new ConcurrentLinkedQueue<>();

    RecordedStatements(ConnectionFactory target) {
        this.target = target;
    }

    /** Returns the statements since the last call. */
    List<Recorded> take() {
        List<Recorded> taken = List.copyOf(recorded);
        recorded.removeAll(taken);
        return taken;
    }

    /** Emits one line for each table that the statement reads: its name, the type of the access, the index, and remarks. */
    Flux<PlanLine> explain(Recorded statement) {
        return Flux.usingWhen(
                target.create(),
                connection -> {
                    Statement explain = connection.createStatement("EXPLAIN " + statement.sql());
                    statement.values().forEach(explain::bind);
                    return Flux.from(explain.execute())
                            .flatMap(result -> result.map((row, metadata) -> new PlanLine(
                                    String.valueOf(row.get("table", String.class)),
                                    String.valueOf(row.get("type", String.class)),
                                    String.valueOf(row.get("key", String.class)),
                                    String.valueOf(row.get("Extra", String.class)))));
                },
                Connection::close);
    }

    @Override
    public Publisher<? extends Connection> create() {
        return Mono.from(target.create()).map(this::recording);
    }

    @Override
    public ConnectionFactoryMetadata getMetadata() {
        return target.getMetadata();
    }

    private Connection recording(Connection connection) {
        return proxy(Connection.class, (proxy, method, arguments) -> {
            Object result = invoke(connection, method, arguments);
            return result instanceof Statement statement ? recording((String) arguments[0], statement) : result;
        });
    }

    private Statement recording(String sql, Statement statement) {
        Map<Integer, Object> values = new HashMap<>();
        return proxy(Statement.class, (proxy, method, arguments) -> {
            if (method.getName().equals("bind")) {
                values.put((Integer) arguments[0], arguments[1]);
            } else if (method.getName().equals("execute")) {
                recorded.add(new Recorded(sql, Map.copyOf(values)));
            }
            Object result = invoke(statement, method, arguments);
            return result == statement ? proxy : result;
        });
    }

    private static Object invoke(Object target, Method method, Object[] arguments) throws Throwable {
        try {
            return method.invoke(target, arguments);
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }

    private static <T> T proxy(Class<T> type, java.lang.reflect.InvocationHandler handler) {
        return type.cast(
                Proxy.newProxyInstance(RecordedStatements.class.getClassLoader(), new Class<?>[] {type}, handler));
    }

    record Recorded(String sql, Map<Integer, Object> values) {}

    record PlanLine(String table, String type, String key, String extra) {}
}
