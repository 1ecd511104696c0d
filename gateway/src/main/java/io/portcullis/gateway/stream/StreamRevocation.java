package io.portcullis.gateway.stream;

import io.portcullis.core.error.RootCause;
import io.portcullis.core.reactive.BackgroundWork;
import io.portcullis.core.session.EndedSession;
import io.portcullis.core.session.SessionEndListener;
import io.portcullis.core.session.SessionEndSignal;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;

/**
 * Closes the streams of ended sessions (docs/design.md section 6). The end of a session on this node closes the streams of this
 * node at once, and is published to the other nodes. {@link SessionEndPoll} finds the ends whose signal was lost.
 */
public final class StreamRevocation implements SessionEndListener {
    private static final Logger log = LoggerFactory.getLogger(StreamRevocation.class);

    private final OpenStreams streams;
    private final SessionEndSignal signal;
    private final StreamMetrics metrics;
    private final RecentEnds recent;
    private final AtomicBoolean signalFails = new AtomicBoolean();

    StreamRevocation(OpenStreams streams, SessionEndSignal signal, StreamMetrics metrics, RecentEnds recent) {
        this.streams = streams;
        this.signal = signal;
        this.metrics = metrics;
        this.recent = recent;
    }

    /** Starts to receive the ends of other nodes, and to close streams that are registered after the end of their session. */
    void start() {
        streams.onRegistration(this::closeIfEnded);
        signal.subscribe(this::onSignal);
    }

    private void onSignal(EndedSession ended) {
        OpenStreams.Closing unused = remember(ended);
    }

    private void closeIfEnded(String sessionId) {
        EndedSession ended = recent.find(sessionId);
        if (ended != null) {
            OpenStreams.Closing unused = closing(ended);
        }
    }

    /** Publishes the end, closes the streams of this node, and completes when they have ended. */
    @Override
    public Mono<Void> onEnd(EndedSession ended) {
        var unused = BackgroundWork.start("Signal of an ended session", publish(ended));
        return remember(ended).ended();
    }

    private Mono<Void> publish(EndedSession ended) {
        return signal.publish(ended)
                .doOnSuccess(sent -> signalFails.set(false))
                .onErrorResume(Exception.class, this::reportOnce);
    }

    private Mono<Void> reportOnce(Exception failure) {
        if (signalFails.compareAndSet(false, true)) {
            log.warn(
                    "Cannot signal the end of a session to the other nodes; they will read it from MySQL: {}",
                    RootCause.describeWithStore(failure));
        }
        return Mono.empty();
    }

    /** Starts to close the streams of an ended session on this node, if there are any. */
    void close(EndedSession ended) {
        if (streams.sessions().containsKey(ended.sessionId())) {
            OpenStreams.Closing unused = remember(ended);
        }
    }

    /** Remembers the end before the streams are closed: a stream that is registered meanwhile finds it. */
    private OpenStreams.Closing remember(EndedSession ended) {
        recent.add(ended);
        return closing(ended);
    }

    private OpenStreams.Closing closing(EndedSession ended) {
        OpenStreams.Closing closing = streams.close(ended.sessionId(), StreamClose.of(ended.reason()));
        if (closing.started() > 0) {
            metrics.closed(ended, closing.started());
        }
        return closing;
    }

    /** Closes the streams of a session of which nothing has been heard for too long. */
    void closeUnchecked(String sessionId) {
        metrics.closedUnchecked(streams.close(sessionId, StreamClose.UNCHECKED).started());
    }
}
