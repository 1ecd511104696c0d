package io.portcullis.chaos.checker;

import io.portcullis.chaos.history.Operation;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Holds a history of operations against the promises. Pure: the same history gives the same verdict. */
public final class HistoryChecker {
    private HistoryChecker() {}

    /** The verdict on the whole history, in which every operation must have been completed. */
    public static Verdict check(List<Operation> history, Bounds bounds) {
        List<Violation> violations = new ArrayList<>(AuthenticatedCalls.check(history, bounds));
        List<Violation> halfDone = new ArrayList<>();
        long ended = 0;
        long superseded = 0;
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
        }
        return new Verdict(violations, halfDone, Duration.ofNanos(ended), Duration.ofNanos(superseded));
    }
}
