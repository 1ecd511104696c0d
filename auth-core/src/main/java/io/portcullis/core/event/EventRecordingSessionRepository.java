package io.portcullis.core.event;

import io.portcullis.core.session.DelegatingSessionRepository;
import io.portcullis.core.session.EndReason;
import io.portcullis.core.session.Session;
import io.portcullis.core.session.SessionRepository;
import java.time.Instant;
import reactor.core.publisher.Mono;

/**
 * Writes an event with each session that is inserted or marked as ended. Every opening and every end passes through these two methods, in
 * the transaction of the change, so none can forget the event. Without a receiver this class is not used.
 */
public record EventRecordingSessionRepository(SessionRepository delegate, SessionEventOutbox outbox)
        implements DelegatingSessionRepository {
    @Override
    public Mono<Void> insert(Session session) {
        return delegate.insert(session).then(Mono.defer(() -> outbox.appendOpened(session)));
    }

    @Override
    public Mono<Void> end(String id, Instant at, EndReason reason) {
        return delegate.end(id, at, reason).then(Mono.defer(() -> outbox.appendEnded(id, at, reason)));
    }
}
