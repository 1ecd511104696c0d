package io.portcullis.core.session;

import java.util.function.Consumer;
import reactor.core.publisher.Mono;

/**
 * Port: tells the other nodes within milliseconds that a session has ended. The signal may be lost; {@link SessionEndRepository}
 * is certain.
 */
public interface SessionEndSignal {
    /** Sends an end to all nodes, this one included. Fails with {@code UNAVAILABLE} if the signal could not be sent. */
    Mono<Void> publish(EndedSession ended);

    /**
     * Starts to receive the ends that any node publishes. Must be called at most once. Returns at once; the subscription is
     * established in the background, and again whenever it is lost.
     *
     * @param receiver is called on an event loop, and must not block
     */
    void subscribe(Consumer<EndedSession> receiver);

    /**
     * Returns the time up to which this node has received every end that was published since {@code from}. That is {@code from} if the
     * subscription did not work then, the beginning of the first gap in the subscription after {@code from}, or the time at which the
     * subscription last proved to work. Both times are those of {@link System#nanoTime()}.
     *
     * @param from the result is never earlier
     */
    long completeUntil(long from);
}
