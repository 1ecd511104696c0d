package io.portcullis.chaos.checker;

import io.portcullis.chaos.history.ObservedStream;
import io.portcullis.chaos.history.Operation;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;

/**
 * Checks property (g): a stream delivers nothing a second after its session's end was answered. Measures how long it still did.
 *
 * <p>A node learns an end from a message by Redis or from a query to MySQL. So the second holds unless the node's queries may have
 * failed, and in addition the message may have been lost or have come while the stream was being opened. Then the stream falls a
 * second after every node works again. The streams of a node that reaches neither store fall after {@link Bounds#maxUnchecked()}.
 */
final class EndedStreams {
    private static final long BOUND = Bounds.STREAM.toNanos();
    /** The longest time between two checks of a node for streams without news. */
    private static final long CHECK_INTERVAL = 1_000_000_000;

    private final Bounds bounds;
    private final Disturbances disturbances;
    private final List<Violation> violations = new ArrayList<>();
    private long late;

    EndedStreams(SessionHistory session, Bounds bounds, Disturbances disturbances) {
        this.bounds = bounds;
        this.disturbances = disturbances;
        Operation end = session.firstCertainEnd();
        for (ObservedStream stream : session.streams) {
            if (end != null) {
                checkEnded(stream, end);
            }
            checkUnchecked(stream);
        }
    }

    List<Violation> violations() {
        return violations;
    }

    /** Returns the longest time after the end of the session at which a stream delivered something, within the bound or not. */
    long lateNanos() {
        return late;
    }

    private void checkEnded(ObservedStream stream, Operation end) {
        long after = stream.lastDeliveryAt() - end.completedAt();
        late = Math.max(late, after);
        if (stream.lastDeliveryAt() - limit(stream, end) > 0) {
            violations.add(new Violation(
                    Property.STREAM_FALLS,
                    "a stream delivered something %d ms after its session's end was answered".formatted(millis(after)),
                    List.of(stream.opening(), end),
                    stream));
        }
    }

    private long limit(ObservedStream stream, Operation end) {
        long usual = end.completedAt() + BOUND;
        long from = end.invokedAt();
        boolean opening = stream.firstDeliveryAt() - from > 0;
        boolean mayMiss = disturbances.loseQueries(stream.node(), from, usual)
                && (opening || disturbances.loseSignal(from, usual));
        return mayMiss ? Disturbances.later(usual, disturbances.healedAt(usual) + BOUND) : usual;
    }

    /** Checks that no stream, of whatever session, outlives the time for which its node may be without news. */
    private void checkUnchecked(ObservedStream stream) {
        OptionalLong from = disturbances.withoutStoresFrom(stream.node());
        if (from.isEmpty()) {
            return;
        }
        long limit = from.getAsLong() + bounds.maxUnchecked().toNanos() + CHECK_INTERVAL + BOUND;
        boolean lasted = limit - disturbances.firstOver(limit) < 0;
        boolean wasOpen = stream.opening().completedAt() - from.getAsLong() < 0;
        if (lasted && wasOpen && stream.lastDeliveryAt() - limit > 0) {
            violations.add(new Violation(
                    Property.STREAM_FALLS,
                    "a stream delivered something %d ms after its node had lost both stores"
                            .formatted(millis(stream.lastDeliveryAt() - from.getAsLong())),
                    List.of(stream.opening()),
                    stream));
        }
    }

    private static long millis(long nanos) {
        return nanos / 1_000_000;
    }
}
