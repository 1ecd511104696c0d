package io.portcullis.core.sample;

import io.portcullis.core.reactive.BackgroundWork;
import io.portcullis.core.reactive.Repetition;
import java.time.Duration;
import java.util.function.LongSupplier;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Mono;

/**
 * Reports this node to MySQL every 5 to 10 seconds, so that each node can list the others. A report that fails is not logged: MySQL's
 * failure is reported elsewhere, and the next report follows.
 */
public final class Heartbeat implements AutoCloseable {
    private static final Duration INTERVAL = Duration.ofSeconds(10);
    /** The age at which the row of a node that is gone is removed. */
    private static final Duration RETENTION = Duration.ofDays(1);

    private final NodeRepository nodes;
    private final LongSupplier nanoTime;
    private final long startNanos;
    private final Disposable.Swap running = Disposables.swap();

    /** Creates a heartbeat that does not run yet, of a node that starts now. */
    public Heartbeat(NodeRepository nodes) {
        this.nodes = nodes;
        this.nanoTime = System::nanoTime;
        this.startNanos = nanoTime.getAsLong();
    }

    /** Starts the reports. May be called once. */
    public void start(NodeIdentity node) {
        Mono<Void> reports =
                Repetition.every(INTERVAL, Mono.defer(() -> report(node)).onErrorComplete());
        Mono<Void> removal = Mono.defer(() -> nodes.removeOlderThan(RETENTION)).onErrorComplete();
        boolean unused = running.update(BackgroundWork.start("Heartbeat", removal.then(reports)));
    }

    /** Reports the node now. Errors as {@link NodeRepository#report}. */
    public Mono<Void> report(NodeIdentity node) {
        return nodes.report(node, Duration.ofNanos(nanoTime.getAsLong() - startNanos));
    }

    /** Ends the reports. */
    @Override
    public void close() {
        running.dispose();
    }
}
