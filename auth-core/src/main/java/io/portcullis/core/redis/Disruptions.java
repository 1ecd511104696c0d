package io.portcullis.core.redis;

import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Sinks;

/**
 * Counts disruptions: events that may have cost Redis a write, or separated this node from the current master.
 *
 * <p>Each disruption is counted before a reply over the new connection, or from the new master, is handled. A reply is therefore
 * valid if the count was the same before the command and after the reply. The {@link #signals} arrive too late for this purpose,
 * because they may change the thread; they only speed up the repair.
 */
final class Disruptions {
    private static final Logger log = LoggerFactory.getLogger(Disruptions.class);

    private final AtomicLong count = new AtomicLong();
    private final Sinks.Many<String> signals = Sinks.many().replay().latest();

    long count() {
        return count.get();
    }

    /**
     * Emits the reason of each disruption. Hot, never completes, replays the latest, and may drop one of several concurrent
     * signals.
     */
    Flux<String> signals() {
        return signals.asFlux();
    }

    /**
     * Counts a disruption, then signals it.
     *
     * @param reason a description for the log
     */
    void raise(String reason) {
        long now = count.incrementAndGet();
        log.debug("Disruption {} of Redis: {}", now, reason);
        // Emission may fail under concurrent calls. Dropping the signal is safe: the other one triggers the same
        // repair.
        var unused = signals.tryEmitNext(reason);
    }
}
