package io.portcullis.chaos.checker;

import io.portcullis.chaos.checker.SessionHistory.Issue;
import io.portcullis.chaos.history.Operation;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Property (a): what was ended or superseded with an answer stays dead, and how long it did not. */
final class DeadTokens {
    private final Bounds bounds;
    private final List<Violation> violations = new ArrayList<>();
    private long staleness;

    DeadTokens(SessionHistory session, Bounds bounds) {
        this.bounds = bounds;
        Operation end = session.firstSureEnd();
        if (end != null) {
            session.calls.stream().filter(Operation::ok).forEach(call -> servedAfter(end, call));
            session.refreshes.stream().filter(Operation::ok).forEach(refresh -> refreshedAfter(end, refresh));
        }
        Map<String, Operation> superseded = superseded(session);
        session.calls.stream().filter(Operation::ok).forEach(call -> servedAfterRefresh(superseded, call));
    }

    List<Violation> violations() {
        return violations;
    }

    long stalenessNanos() {
        return staleness;
    }

    private void servedAfter(Operation end, Operation call) {
        if (exceeds(end, call)) {
            violations.add(new Violation(
                    Property.ENDED_STAYS_ENDED,
                    "served %d ms after the session's end was answered".formatted(millisBetween(end, call)),
                    List.of(end, call)));
        }
    }

    /** Refresh tokens live in MySQL alone: no bound. */
    private void refreshedAfter(Operation end, Operation refresh) {
        if (refresh.invokedAt() - end.completedAt() > 0) {
            violations.add(new Violation(
                    Property.ENDED_STAYS_ENDED,
                    "refreshed %d ms after the session's end was answered".formatted(millisBetween(end, refresh)),
                    List.of(end, refresh)));
        }
    }

    /** By the digest of an access token, the first answered refresh that replaced it. */
    private static Map<String, Operation> superseded(SessionHistory session) {
        Map<String, Operation> superseded = new HashMap<>();
        for (Operation refresh : session.refreshes) {
            Issue replaced = session.issueOfRefresh(refresh.presented());
            if (refresh.ok() && replaced != null) {
                superseded.merge(
                        replaced.pair().access(),
                        refresh,
                        (one, other) -> one.completedAt() - other.completedAt() <= 0 ? one : other);
            }
        }
        return superseded;
    }

    private void servedAfterRefresh(Map<String, Operation> superseded, Operation call) {
        @Nullable Operation refresh = superseded.get(call.presented());
        if (refresh != null && exceeds(refresh, call)) {
            violations.add(new Violation(
                    Property.SUPERSEDED_STAYS_DEAD,
                    "served %d ms after the refresh that replaced it was answered"
                            .formatted(millisBetween(refresh, call)),
                    List.of(refresh, call)));
        }
    }

    /** Also takes down by how much the call came too late, within the bound or not. */
    private boolean exceeds(Operation end, Operation call) {
        long late = call.invokedAt() - end.completedAt();
        staleness = Math.max(staleness, late);
        return late > bounds.stale().toNanos();
    }

    private static long millisBetween(Operation end, Operation later) {
        return (later.invokedAt() - end.completedAt()) / 1_000_000;
    }
}
