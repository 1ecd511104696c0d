package io.portcullis.core.redis;

import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Sinks;

/**
 * Counts what may have cost Redis a write, or this node the sight of one.
 *
 * <p>Whatever raises the count does so before an answer over the new connection, or by the new master, is handled. So an answer
 * is beyond doubt if the count was the same before the question and after the answer. A signal that is sent on to another thread
 * would come too late for that; {@link #signals} is only to be quick about the repair.
 */
final class Disruptions {
    private static final Logger log = LoggerFactory.getLogger(Disruptions.class);

    private final AtomicLong count = new AtomicLong();
    private final Sinks.Many<String> signals = Sinks.many().replay().latest();

    long count() {
        return count.get();
    }

    /** Hot, never ends; emits the latest to a late subscriber, and may leave out some of those that come at once. */
    Flux<String> signals() {
        return signals.asFlux();
    }

    /** @param reason for a log */
    void raise(String reason) {
        long now = count.incrementAndGet();
        log.debug("Disruption {} of Redis: {}", now, reason);
        // What it refuses comes while another thread tells of a disruption: one signal does for both.
        var unused = signals.tryEmitNext(reason);
    }
}
