package io.portcullis.gateway.stream;

import io.portcullis.core.error.RootCause;
import io.portcullis.core.reactive.BackgroundWork;
import io.portcullis.core.reactive.Repetition;
import io.portcullis.core.session.EndedSession;
import io.portcullis.core.session.SessionEndRepository;
import io.portcullis.core.session.SessionEndSignal;
import io.portcullis.core.session.SessionLifetime;
import java.time.Clock;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Mono;

/**
 * Finds in MySQL, about six times a second, the ended sessions that have streams on this node (docs/adr/0023). It reads nothing
 * while the node has no such stream.
 *
 * <p>Each poll reads all ends of the last 20 s, and looks up at most 500 sessions by their ids: a session whose first stream is new, that
 * may have expired, that was not looked up for a minute, and every session after some seconds without a poll. The next poll follows
 * at once while more sessions must be looked up.
 *
 * <p>If the end of a session may have been missed by the polls and by the signal for {@code portcullis.stream.max-unchecked}, its
 * streams are closed unchecked.
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
    /** If more time has passed from the start of one poll to the end of the next, the window may have missed an end. */
    private static final Duration MAX_GAP = WINDOW.minusSeconds(13);
    /** If more sessions ended within the window, the sessions with streams are looked up by their ids. */
    private static final int MAX_ENDS = 5_000;

    private static final int BATCH = 500;

    private final OpenStreams streams;
    private final StreamRevocation revocation;
    private final SessionLookUps lookUps;
    private final SessionEndRepository ends;
    private final SessionEndSignal signal;
    private final Duration maxUnchecked;
    private final AtomicBoolean fails = new AtomicBoolean();
    /** The time at which the last successful read of the window began. */
    private volatile long lastRead = System.nanoTime() - MAX_GAP.toNanos();

    private volatile boolean moreDue;

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
        this.lookUps = new SessionLookUps(streams, revocation::close, clock);
        this.ends = ends;
        this.signal = signal;
        this.maxUnchecked = maxUnchecked;
    }

    /** Starts the background tasks. Must be called at most once; {@link #close} stops them. */
    void start() {
        Mono<Void> polls = Mono.defer(this::poll).repeat(() -> moreDue).then();
        running.add(BackgroundWork.start("Poll of ended sessions", Repetition.every(INTERVAL, polls)));
        running.add(BackgroundWork.start(
                "Check for unchecked streams",
                Repetition.every(UNCHECKED_INTERVAL, Mono.fromRunnable(this::closeUnchecked))));
    }

    private Mono<Void> poll() {
        moreDue = false;
        if (streams.sessions().isEmpty()) {
            return Mono.empty();
        }
        return readRecent().then(Mono.defer(this::lookUpDue)).onErrorResume(Exception.class, this::reportOnce);
    }

    private Mono<Void> readRecent() {
        long start = System.nanoTime();
        return ends.findEndedWithin(WINDOW, MAX_ENDS)
                .collectList()
                .doOnNext(recent -> applyRecent(recent, start))
                .then();
    }

    private void applyRecent(Collection<EndedSession> recent, long start) {
        recent.forEach(revocation::close);
        if (recent.size() >= MAX_ENDS || System.nanoTime() - lastRead > MAX_GAP.toNanos()) {
            lookUps.requireAll(lastRead);
        }
        lastRead = start;
        fails.set(false);
    }

    private Mono<Void> lookUpDue() {
        List<String> due = lookUps.due(BATCH);
        long start = System.nanoTime();
        return ends.findLifetimes(due)
                .collectMap(SessionLifetime::sessionId)
                .doOnNext(found -> lookUps.apply(due, found, start))
                .doOnNext(found -> moreDue = due.size() == BATCH)
                .then();
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
        streams.sessions().forEach((id, session) -> {
            if (now - signal.completeUntil(session.aliveAt(lastRead)) > maxUnchecked.toNanos()) {
                revocation.closeUnchecked(id);
            }
        });
    }

    @Override
    public void close() {
        running.dispose();
    }
}
