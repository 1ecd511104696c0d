package io.portcullis.core.r2dbc.pool;

import io.r2dbc.spi.Batch;
import io.r2dbc.spi.Connection;
import io.r2dbc.spi.ConnectionMetadata;
import io.r2dbc.spi.IsolationLevel;
import io.r2dbc.spi.Lifecycle;
import io.r2dbc.spi.Statement;
import io.r2dbc.spi.TransactionDefinition;
import io.r2dbc.spi.ValidationDepth;
import java.time.Duration;
import java.util.function.BooleanSupplier;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Decorates a connection and reports the errors of all its operations to {@link ServerChangeDetector}. Once the connection is
 * {@link #outdated()}, the pool closes it on release or before the next acquire.
 */
final class ErrorReportingConnection implements Connection, Lifecycle {
    private final Connection target;
    private final ServerChangeDetector changes;
    private final BooleanSupplier left;
    private final long created;
    private volatile boolean failed;

    /** @param left whether the node has left the server of this connection */
    ErrorReportingConnection(Connection target, ServerChangeDetector changes, BooleanSupplier left) {
        this.target = target;
        this.changes = changes;
        this.left = left;
        this.created = changes.now();
    }

    /** Returns whether the pool must not reuse this connection. */
    boolean outdated() {
        return failed || left.getAsBoolean() || changes.outdated(created);
    }

    /** Returns the publisher, and reports its error. */
    <T> Flux<T> reportErrors(Publisher<T> work) {
        return Flux.from(work).doOnError(this::report);
    }

    /**
     * As {@link #reportErrors}, for at most one element. A source that is a {@code Mono} stays one, so it is not cancelled after its
     * element.
     */
    <T> Mono<T> reportError(Publisher<T> work) {
        return Mono.from(work).doOnError(this::report);
    }

    private void report(Throwable error) {
        if (changes.report(error)) {
            failed = true;
        }
    }

    @Override
    public Mono<Void> beginTransaction() {
        return reportError(target.beginTransaction());
    }

    @Override
    public Mono<Void> beginTransaction(TransactionDefinition definition) {
        return reportError(target.beginTransaction(definition));
    }

    @Override
    public Mono<Void> commitTransaction() {
        return reportError(target.commitTransaction());
    }

    @Override
    public Mono<Void> rollbackTransaction() {
        return reportError(target.rollbackTransaction());
    }

    @Override
    public Statement createStatement(String sql) {
        return new ErrorReportingStatement(target.createStatement(sql), this);
    }

    @Override
    public Batch createBatch() {
        throw new UnsupportedOperationException("createBatch: not supported (expected: createStatement)");
    }

    @Override
    public Publisher<Void> close() {
        return target.close();
    }

    @Override
    public Publisher<Void> createSavepoint(String name) {
        return reportError(target.createSavepoint(name));
    }

    @Override
    public Publisher<Void> releaseSavepoint(String name) {
        return reportError(target.releaseSavepoint(name));
    }

    @Override
    public Publisher<Void> rollbackTransactionToSavepoint(String name) {
        return reportError(target.rollbackTransactionToSavepoint(name));
    }

    @Override
    public boolean isAutoCommit() {
        return target.isAutoCommit();
    }

    @Override
    public ConnectionMetadata getMetadata() {
        return target.getMetadata();
    }

    @Override
    public IsolationLevel getTransactionIsolationLevel() {
        return target.getTransactionIsolationLevel();
    }

    @Override
    public Publisher<Void> setAutoCommit(boolean autoCommit) {
        return reportError(target.setAutoCommit(autoCommit));
    }

    @Override
    public Publisher<Void> setLockWaitTimeout(Duration timeout) {
        return reportError(target.setLockWaitTimeout(timeout));
    }

    @Override
    public Publisher<Void> setStatementTimeout(Duration timeout) {
        return reportError(target.setStatementTimeout(timeout));
    }

    @Override
    public Publisher<Void> setTransactionIsolationLevel(IsolationLevel isolationLevel) {
        return reportError(target.setTransactionIsolationLevel(isolationLevel));
    }

    @Override
    public Publisher<Boolean> validate(ValidationDepth depth) {
        return target.validate(depth);
    }

    @Override
    public Publisher<Void> postAllocate() {
        return target instanceof Lifecycle lifecycle ? lifecycle.postAllocate() : Mono.empty();
    }

    @Override
    public Publisher<Void> preRelease() {
        return target instanceof Lifecycle lifecycle ? reportError(lifecycle.preRelease()) : Mono.empty();
    }

    @Override
    public String toString() {
        return target.toString();
    }
}
