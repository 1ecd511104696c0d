package io.portcullis.core.r2dbc.pool;

import io.portcullis.core.r2dbc.R2dbcWriteProbe;
import io.portcullis.core.reactive.Uncancellable;
import io.portcullis.core.transaction.Transactions;
import java.time.Duration;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Mono;

/**
 * Begins and commits an empty transaction twice a second. A server that has become read-only refuses to begin one, so a node that
 * only reads leaves that server, too, see {@link ServerChangeDetector}: as a replica it may not have what was revoked since.
 *
 * <p>It writes nothing, and so costs the server no commit on disk. It does not notice a full disk; {@link R2dbcWriteProbe} does.
 */
public final class ReadOnlyServerProbe implements AutoCloseable {
    private static final Duration INTERVAL = Duration.ofMillis(500);

    private final Transactions transactions;
    private final Disposable.Swap running = Disposables.swap();

    public ReadOnlyServerProbe(Transactions transactions) {
        this.transactions = transactions;
    }

    /** Begins. May be called once. */
    public void start() {
        Mono<Void> attempts = transactions
                .execute(Mono.<Void>empty())
                .onErrorComplete(Exception.class)
                .then(Mono.defer(() -> Mono.delay(INTERVAL)))
                .repeat()
                .then();
        boolean unused = running.update(Uncancellable.startInBackground("The probe for a writable MySQL", attempts));
    }

    @Override
    public void close() {
        running.dispose();
    }
}
