package io.portcullis.core.clock;

import java.time.Instant;
import reactor.core.publisher.Mono;

/**
 * Port: reads the database's clock, which all nodes share. Every time that expires data for all nodes comes from this
 * clock.
 */
@FunctionalInterface
public interface DatabaseClock {
    /** Emits the current time of the database. Fails with {@code UNAVAILABLE} when the database does not respond. */
    Mono<Instant> now();
}
