package io.portcullis.core.session;

import java.time.Duration;
import java.util.Collection;
import reactor.core.publisher.Flux;

/** Port: reads from MySQL which sessions have ended. Every error is {@code UNAVAILABLE}. */
public interface SessionEndRepository {
    /**
     * Emits the sessions that ended within the last {@code window} by the database's clock, at most {@code limit} of them.
     * {@link EndedSession#reason()} is the stored reason.
     */
    Flux<EndedSession> findEndedWithin(Duration window, int limit);

    /** Emits the lifetime of each of these sessions. A session that does not exist is missing in the result. */
    Flux<SessionLifetime> findLifetimes(Collection<String> sessionIds);
}
