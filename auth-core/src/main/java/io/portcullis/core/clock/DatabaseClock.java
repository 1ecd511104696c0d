package io.portcullis.core.clock;

import java.time.Instant;
import reactor.core.publisher.Mono;

/** The database's clock, which all nodes share. Times that end something for everybody come from it. */
@FunctionalInterface
public interface DatabaseClock {
    /** The present time; {@code UNAVAILABLE} when the database does not answer. */
    Mono<Instant> now();
}
