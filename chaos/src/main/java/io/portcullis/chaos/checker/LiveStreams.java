package io.portcullis.chaos.checker;

import io.portcullis.chaos.history.ObservedStream;
import io.portcullis.chaos.history.Operation;
import io.portcullis.chaos.history.Outcome;
import java.util.List;

/**
 * Checks that the stream of a live session is not cut: the other side ends a stream only if an operation may have ended the session,
 * if the node's process ends, or if neither store may have answered the node.
 */
final class LiveStreams {
    private final SessionHistory session;
    private final LiveSession live;
    private final Disturbances disturbances;

    private LiveStreams(SessionHistory session, Bounds bounds, Disturbances disturbances) {
        this.session = session;
        this.live = new LiveSession(session, bounds);
        this.disturbances = disturbances;
    }

    static List<Violation> check(SessionHistory session, Bounds bounds, Disturbances disturbances) {
        LiveStreams streams = new LiveStreams(session, bounds, disturbances);
        return session.streams.stream()
                .filter(stream -> stream.cut() && !streams.excuses(stream))
                .map(stream -> new Violation(
                        Property.LIVE_STREAM_LASTS,
                        "a stream was cut although nothing had ended its session",
                        List.of(stream.opening()),
                        stream))
                .toList();
    }

    private boolean excuses(ObservedStream stream) {
        return session.ends.stream().anyMatch(end -> before(end, stream))
                || session.refreshes.stream().anyMatch(refresh -> before(refresh, stream) && mayHaveEnded(refresh))
                || disturbances.loseProcess(stream.node(), stream.endedAt())
                || disturbances.loseBothStores(stream.node(), stream.endedAt());
    }

    private static boolean before(Operation operation, ObservedStream stream) {
        return operation.invokedAt() - stream.endedAt() < 0;
    }

    private boolean mayHaveEnded(Operation refresh) {
        return session.isReuse(refresh) || (refresh.outcome() == Outcome.UNKNOWN && live.mayBeReuse(refresh));
    }
}
