package io.portcullis.core.r2dbc.pool;

import io.r2dbc.spi.Readable;
import io.r2dbc.spi.Result;
import io.r2dbc.spi.Row;
import io.r2dbc.spi.RowMetadata;
import io.r2dbc.spi.Statement;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.Predicate;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;

/** Decorates a statement and reports its errors, and those of its results, through the {@link ErrorReportingConnection}. */
final class ErrorReportingStatement implements Statement {
    private final Statement target;
    private final ErrorReportingConnection connection;

    ErrorReportingStatement(Statement target, ErrorReportingConnection connection) {
        this.target = target;
        this.connection = connection;
    }

    @Override
    public Flux<? extends Result> execute() {
        return connection.reportErrors(target.execute()).map(result -> new ErrorReportingResult(result, connection));
    }

    @Override
    public Statement add() {
        target.add();
        return this;
    }

    @Override
    public Statement bind(int index, Object value) {
        target.bind(index, value);
        return this;
    }

    @Override
    public Statement bind(String name, Object value) {
        target.bind(name, value);
        return this;
    }

    @Override
    public Statement bindNull(int index, Class<?> type) {
        target.bindNull(index, type);
        return this;
    }

    @Override
    public Statement bindNull(String name, Class<?> type) {
        target.bindNull(name, type);
        return this;
    }

    @Override
    public Statement fetchSize(int rows) {
        target.fetchSize(rows);
        return this;
    }

    @Override
    public Statement returnGeneratedValues(String... columns) {
        target.returnGeneratedValues(columns);
        return this;
    }

    private record ErrorReportingResult(Result target, ErrorReportingConnection connection) implements Result {
        @Override
        public Publisher<Long> getRowsUpdated() {
            return connection.reportError(target.getRowsUpdated());
        }

        @Override
        public <T> Publisher<T> map(BiFunction<Row, RowMetadata, ? extends T> mapping) {
            return connection.reportErrors(target.map(mapping));
        }

        @Override
        public <T> Publisher<T> map(Function<? super Readable, ? extends T> mapping) {
            return connection.reportErrors(target.map(mapping));
        }

        @Override
        public Result filter(Predicate<Segment> filter) {
            return new ErrorReportingResult(target.filter(filter), connection);
        }

        @Override
        public <T> Publisher<T> flatMap(Function<Segment, ? extends Publisher<? extends T>> mapping) {
            return connection.reportErrors(target.flatMap(mapping));
        }
    }
}
