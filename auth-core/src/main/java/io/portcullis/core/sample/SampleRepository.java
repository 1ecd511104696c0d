package io.portcullis.core.sample;

import java.time.Duration;
import java.util.List;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Port: stores the samples in MySQL. The times of samples are those of the database's clock. Every error is {@code UNAVAILABLE}. */
public interface SampleRepository {
    /** The interval of the samples of a node. */
    Duration NODE_INTERVAL = Duration.ofMinutes(1);

    /** The interval of the samples of sessions. */
    Duration SESSION_INTERVAL = Duration.ofMinutes(5);

    /** Adds a sample to the row of its node for the current minute, which is inserted if it is missing. */
    Mono<Void> save(NodeSample sample);

    /**
     * Counts the live sessions and stores their number, if no node has begun to do so within the current interval. Emits whether this
     * call did. If it fails after it has begun, the interval stays without a number.
     */
    Mono<Boolean> countSessions();

    /** Emits the nodes that have samples within the range, those with the latest sample first, at most {@code limit}. */
    Mono<List<String>> findNodes(SampleRange range, int limit);

    /** Emits the samples of these nodes by node and time, at most one for each step. */
    Flux<TimedNodeSample> findSamples(SampleRange range, List<String> nodes);

    /** Emits the numbers of live sessions by time, at most one for each step. */
    Flux<SessionSample> findSessions(SampleRange range);
}
