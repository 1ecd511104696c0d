package io.portcullis.gateway.stream;

import io.portcullis.core.error.RootCause;
import io.portcullis.core.reactive.BackgroundWork;
import io.portcullis.core.reactive.Repetition;
import io.portcullis.core.session.EndReason;
import io.portcullis.core.session.EndedSession;
import io.portcullis.core.session.SessionEndRepository;
import io.portcullis.core.session.SessionEndSignal;
import io.portcullis.core.session.SessionLifetime;
import java.time.Clock;
import java.time.Duration;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Finds in MySQL, about six times a second, the ended sessions that have streams on this node (docs/adr/0023). It reads nothing
 * while the node has no such stream.
 *
 * <p>Each poll reads all ends of the last 20 s. It looks up a session by its id if its first stream is new, if it may have
 * expired, after a minute, or if polls have failed for some seconds. If neither a poll has succeeded nor Redis has answered for {@code
 * portcullis.stream.max-unchecked}, the streams are closed unchecked.
 */
final class SessionEndPoll implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(SessionEndPoll.class);

    private static final Duration INTERVAL = Duration.ofMillis(200);
    private static final Duration UNCHECKED_INTERVAL = Duration.ofSeconds(1);
    /**
     * The window of one poll. An end becomes visible up to 13 s after its date: the deadline of a transaction (5 s), plus its last
     * statement (3 s), plus its commit (5 s).
     */
    private static final Duration WINDOW = Duration.ofSeconds(20);
    /** After a longer time without a poll, the window may have missed an end. */
    private static final Duration MAX_GAP = Duration.ofSeconds(5);
    /** If more sessions ended within the window, the sessions with streams are looked up by their ids. */
    private static final int MAX_ENDS = 5_000;

    private static final int BATCH = 500;
    /** A refresh that began before the expiry may commit so much later. */
    private static final Duration LATE_REFRESH = Duration.ofMillis(300);

    private final OpenStreams streams;
    private final StreamRevocation revocation;
    private final SessionEndRepository ends;
    private final SessionEndSignal signal;
    private final Clock clock;
    private final Duration maxUnchecked;
    private final AtomicBoolean fails = new AtomicBoolean();
    private volatile long lastRead = System.nanoTime() - MAX_GAP.toNanos();

    private final Disposable.Composite running = Disposables.composite();

    SessionEndPoll(
            OpenStreams streams,
            StreamRevocation revocation,
            SessionEndRepository ends,
            SessionEndSignal signal,
            Clock clock,
            Duration maxUnchecked) {
        this.streams = streams;
        this.revocation = revocation;
        this.ends = ends;
        this.signal = signal;
        this.clock = clock;
        this.maxUnchecked = maxUnchecked;
    }

    /** Starts the background tasks. Must be called at most once; {@link #close} stops them. */
    void start() {
        running.add(BackgroundWork.start("Poll of ended sessions", Repetition.every(INTERVAL, Mono.defer(this::poll))));
        running.add(BackgroundWork.start(
                "Check for unchecked streams",
                Repetition.every(UNCHECKED_INTERVAL, Mono.fromRunnable(this::closeUnchecked))));
    }

    private Mono<Void> poll() {
        if (streams.sessions().isEmpty()) {
            return Mono.empty();
        }
        long start = System.nanoTime();
        boolean gap = start - lastRead > MAX_GAP.toNanos();
        return lookUp(gap ? Set.copyOf(streams.sessions().keySet()) : due(start))
                .then(Mono.defer(this::readRecent))
                .doOnSuccess(done -> succeeded(start))
                .onErrorResume(Exception.class, this::reportOnce);
    }

    private Set<String> due(long now) {
        Set<String> due = new HashSet<>();
        streams.sessions().forEach((id, session) -> {
            if (session.needsLookUp(now)) {
                due.add(id);
            }
        });
        return due;
    }

    private Mono<Void> lookUp(Set<String> sessionIds) {
        return Flux.fromIterable(sessionIds)
                .buffer(BATCH)
                .concatMap(batch -> ends.findLifetimes(batch)
                        .collectMap(SessionLifetime::sessionId)
                        .doOnNext(found -> apply(batch, found)))
                .then();
    }

    private void apply(List<String> sessionIds, Map<String, SessionLifetime> found) {
        for (String id : sessionIds) {
            SessionLifetime lifetime = found.get(id);
            if (lifetime == null) {
                missing(id);
            } else {
                apply(lifetime);
            }
        }
    }

    private void missing(String sessionId) {
        SessionStreams session = streams.sessions().get(sessionId);
        if (session != null && session.missing()) {
            revocation.close(new EndedSession(sessionId, EndReason.EXPIRED, clock.instant()));
        }
    }

    private void apply(SessionLifetime lifetime) {
        SessionStreams session = streams.sessions().get(lifetime.sessionId());
        EndReason reason = lifetime.endReason();
        if (reason != null) {
            revocation.close(new EndedSession(lifetime.sessionId(), reason, lifetime.overAt()));
        } else if (lifetime.remaining().plus(LATE_REFRESH).isNegative()) {
            revocation.close(new EndedSession(lifetime.sessionId(), EndReason.EXPIRED, lifetime.overAt()));
        } else if (session != null) {
            Duration remaining = lifetime.remaining();
            session.lasts(remaining.isNegative() || remaining.isZero() ? LATE_REFRESH : remaining);
        }
    }

    private Mono<Void> readRecent() {
        return ends.findEndedWithin(WINDOW, MAX_ENDS).collectList().flatMap(this::applyRecent);
    }

    private Mono<Void> applyRecent(Collection<EndedSession> recent) {
        recent.forEach(revocation::close);
        return recent.size() < MAX_ENDS
                ? Mono.empty()
                : lookUp(Set.copyOf(streams.sessions().keySet()));
    }

    private void succeeded(long start) {
        lastRead = start;
        fails.set(false);
    }

    private Mono<Void> reportOnce(Exception failure) {
        if (fails.compareAndSet(false, true)) {
            log.warn(
                    "Cannot read from MySQL which sessions have ended; retrying: {}",
                    RootCause.describeWithStore(failure));
        }
        return Mono.empty();
    }

    private void closeUnchecked() {
        long now = System.nanoTime();
        if (now - Math.max(lastRead, signal.lastAlive()) <= maxUnchecked.toNanos()) {
            return;
        }
        streams.sessions().forEach((id, session) -> {
            if (now - session.confirmedAt() > maxUnchecked.toNanos()) {
                revocation.closeUnchecked(id);
            }
        });
    }

    @Override
    public void close() {
        running.dispose();
    }
}
