package io.portcullis.chaos.checker;

import io.portcullis.chaos.history.Operation;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Checks a history of operations against the guarantees. Pure: the same history yields the same verdict. */
public final class HistoryChecker {
    private HistoryChecker() {}

    /** Returns the verdict on the whole history. Every operation in it must be complete. */
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
