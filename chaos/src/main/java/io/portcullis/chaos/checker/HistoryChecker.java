package io.portcullis.chaos.checker;

import io.portcullis.chaos.history.History;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Checks a history of operations against the guarantees. Pure: the same history yields the same verdict. */
public final class HistoryChecker {
    private HistoryChecker() {}

    /** Returns the verdict on the whole history. */
    public static Verdict check(History history, Bounds bounds) {
        Disturbances disturbances = new Disturbances(history.disturbances());
        List<Violation> violations = new ArrayList<>(AuthenticatedCalls.check(history.operations(), bounds));
        List<Violation> halfDone = new ArrayList<>();
        long ended = 0;
        long superseded = 0;
        long streams = 0;
        for (SessionHistory session : SessionHistory.of(history)) {
            DeadTokens dead = new DeadTokens(session, bounds);
            violations.addAll(dead.violations());
            ended = Math.max(ended, dead.endedNanos());
            superseded = Math.max(superseded, dead.supersededNanos());
            DeniedTokens denied = new DeniedTokens(session, bounds);
            violations.addAll(denied.violations());
            halfDone.addAll(denied.halfDone());
            violations.addAll(RefreshFamily.check(session));
            violations.addAll(LiveSession.check(session, bounds));
            EndedStreams fallen = new EndedStreams(session, bounds, disturbances);
            violations.addAll(fallen.violations());
            streams = Math.max(streams, fallen.lateNanos());
            violations.addAll(LiveStreams.check(session, bounds, disturbances));
        }
        return new Verdict(
                violations, halfDone, Duration.ofNanos(ended), Duration.ofNanos(superseded), Duration.ofNanos(streams));
    }
}
