package io.portcullis.core.event;

import io.portcullis.core.session.EndReason;
import io.portcullis.core.session.Session;
import java.time.Instant;
import reactor.core.publisher.Mono;

/** Port: writes events in the surrounding transaction, which opens or ends the session. Every error is {@code UNAVAILABLE}. */
public interface SessionEventOutbox {

    /** Writes the event of a session that the transaction inserts. */
    Mono<Void> appendOpened(Session session);

    /** Writes the event of a session that the transaction has marked as ended at this time. Writes none if it has not. */
    Mono<Void> appendEnded(String sessionId, Instant at, EndReason reason);
}
