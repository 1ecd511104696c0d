package io.portcullis.core.sample;

import java.time.Duration;
import java.util.List;
import reactor.core.publisher.Mono;

/**
 * Port: the nodes of the gateway, as they last reported themselves. Times are those of the database's clock. Every error is
 * {@code UNAVAILABLE}.
 */
public interface NodeRepository {
    /**
     * Records that the node is alive.
     *
     * @param uptime the time since the start of the node
     */
    Mono<Void> report(NodeIdentity node, Duration uptime);

    /** Emits the nodes that reported themselves within {@code age}, the latest first, at most {@code limit}. */
    Mono<List<ReportedNode>> findReported(Duration age, int limit);

    /** Removes the nodes that have not reported themselves within {@code age}. */
    Mono<Void> removeOlderThan(Duration age);
}
