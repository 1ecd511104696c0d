package io.portcullis.core.event;

import io.portcullis.core.paging.Page;
import io.portcullis.core.paging.PageRequest;
import io.portcullis.core.session.EndReason;
import io.portcullis.core.session.LockedSession;
import io.portcullis.core.session.Session;
import io.portcullis.core.session.SessionFilter;
import io.portcullis.core.session.SessionRepository;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Writes an event with each session that is inserted or marked as ended. Every opening and every end passes through these two methods, in
 * the transaction of the change, so none can forget the event. Without a receiver this class is not used.
 */
public final class EventRecordingSessionRepository implements SessionRepository {
    private final SessionRepository sessions;
    private final SessionEventOutbox outbox;

    public EventRecordingSessionRepository(SessionRepository sessions, SessionEventOutbox outbox) {
        this.sessions = sessions;
        this.outbox = outbox;
    }

    @Override
    public Mono<Void> insert(Session session) {
        return sessions.insert(session).then(Mono.defer(() -> outbox.appendOpened(session)));
    }

    @Override
    public Mono<Void> end(String id, Instant at, EndReason reason) {
        return sessions.end(id, at, reason).then(Mono.defer(() -> outbox.appendEnded(id, at, reason)));
    }

    @Override
    public Mono<Session> findById(String id) {
        return sessions.findById(id);
    }

    @Override
    public Mono<LockedSession> findByIdForUpdate(String id) {
        return sessions.findByIdForUpdate(id);
    }

    @Override
    public Mono<Void> touch(String id, Instant at, String ip, String username, Set<String> roles, String userType) {
        return sessions.touch(id, at, ip, username, roles, userType);
    }

    @Override
    public Mono<Void> forceDurableCommit(String id) {
        return sessions.forceDurableCommit(id);
    }

    @Override
    public Flux<String> findUnendedIdsByUser(String userId) {
        return sessions.findUnendedIdsByUser(userId);
    }

    @Override
    public Mono<Page<Session>> pageLive(SessionFilter filter, Instant now, PageRequest request) {
        return sessions.pageLive(filter, now, request);
    }

    @Override
    public Mono<List<Session>> listLiveByUser(String userId, Instant now) {
        return sessions.listLiveByUser(userId, now);
    }
}
