package io.portcullis.core.r2dbc.pool;

import io.portcullis.core.r2dbc.R2dbcWriteProbe;
import io.portcullis.core.reactive.BackgroundWork;
import io.portcullis.core.transaction.Transactions;
import java.time.Duration;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Mono;

/**
 * Begins and commits an empty transaction twice a second. A read-only server refuses to begin it, and
 * {@link ServerChangeDetector} then replaces the connections. A node without writes thereby also leaves a server that has become
 * a replica, which may lack recent revocations.
 *
 * <p>The probe writes nothing and so costs the server no commit on disk. It does not detect a full disk; {@link R2dbcWriteProbe}
 * does.
 */
public final class ReadOnlyServerProbe implements AutoCloseable {
    private static final Duration INTERVAL = Duration.ofMillis(500);

    private final Transactions transactions;
    private final Disposable.Swap running = Disposables.swap();

    /** @param transactions transactions on the pool whose server is to be probed */
    public ReadOnlyServerProbe(Transactions transactions) {
        this.transactions = transactions;
    }

    /** Starts the probe in the background. Must be called at most once; {@link #close} stops it. */
    public void start() {
        Mono<Void> attempts = transactions
                .execute(Mono.<Void>empty())
                .onErrorComplete(Exception.class)
                .then(Mono.defer(() -> Mono.delay(INTERVAL)))
                .repeat()
                .then();
        boolean unused = running.update(BackgroundWork.start("MySQL read-only probe", attempts));
    }

    @Override
    public void close() {
        running.dispose();
    }
}
