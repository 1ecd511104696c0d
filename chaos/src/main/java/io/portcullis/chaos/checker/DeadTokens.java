package io.portcullis.chaos.checker;

import io.portcullis.chaos.checker.SessionHistory.Issue;
import io.portcullis.chaos.history.Operation;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Checks property (a): an ended session or superseded token stays dead once the operation has been answered. Measures how long
 * it was still served.
 */
final class DeadTokens {
    private final Bounds bounds;

    private final List<Violation> violations = new ArrayList<>();
    private long ended;
    private long superseded;

    DeadTokens(SessionHistory session, Bounds bounds) {
        this.bounds = bounds;
        Operation end = session.firstCertainEnd();
        if (end != null) {
            boolean atOneNode = session.endedAtOneNode(end);
            session.calls.stream().filter(Operation::ok).forEach(call -> {
                boolean whereEnded = atOneNode && call.node() == end.node();
                servedAfter(end, call, whereEnded ? bounds.staleWhereEnded() : bounds.stale());
            });
            session.refreshes.stream().filter(Operation::ok).forEach(refresh -> refreshedAfter(end, refresh));
        }
        Map<String, Operation> replaced = replaced(session);
        for (Operation call : session.calls) {
            if (call.ok()) {
                servedAfterGrace(replaced.get(call.presented()), call);
                servedAfterTwoRefreshes(replaced, call);
            }
        }
    }

    List<Violation> violations() {
        return violations;
    }

    /** Returns the longest time after the end of the session at which a served call was sent, within the bound or not. */
    long endedNanos() {
        return ended;
    }

    /**
     * Returns the longest time after the end of a replaced token's grace at which a served call was sent, within the bound
     * or not.
     */
    long supersededNanos() {
        return superseded;
    }

    private void servedAfter(Operation end, Operation call, Duration bound) {
        ended = Math.max(ended, nanosAfter(end, call));
        if (nanosAfter(end, call) > bound.toNanos()) {
            violations.add(new Violation(
                    Property.ENDED_STAYS_ENDED,
                    "served %d ms after the session's end was answered".formatted(millisBetween(end, call)),
                    List.of(end, call)));
        }
    }

    /** Reports a refresh after the end of the session. There is no tolerance, because refresh tokens are only in MySQL. */
    private void refreshedAfter(Operation end, Operation refresh) {
        if (refresh.invokedAt() - end.completedAt() > 0) {
            violations.add(new Violation(
                    Property.ENDED_STAYS_ENDED,
                    "refreshed %d ms after the session's end was answered".formatted(millisBetween(end, refresh)),
                    List.of(end, refresh)));
        }
    }

    /** Returns the first answered refresh that replaced an access token, by the digest of that token. */
    private static Map<String, Operation> replaced(SessionHistory session) {
        Map<String, Operation> replaced = new HashMap<>();
        for (Operation refresh : session.refreshes) {
            Issue issue = session.issueOfRefresh(refresh.presented());
            if (refresh.ok() && issue != null) {
                replaced.merge(
                        issue.pair().access(),
                        refresh,
                        (one, other) -> one.completedAt() - other.completedAt() <= 0 ? one : other);
            }
        }
        return replaced;
    }

    private void servedAfterGrace(@Nullable Operation refresh, Operation call) {
        if (refresh != null) {
            served(refresh, call, bounds.grace().toNanos());
        }
    }

    /** Checks that within the grace window only the newest access token and its predecessor are served. */
    private void servedAfterTwoRefreshes(Map<String, Operation> replaced, Operation call) {
        Operation first = replaced.get(call.presented());
        Operation second = first == null || first.issued() == null
                ? null
                : replaced.get(first.issued().access());
        if (second != null) {
            served(second, call, 0);
        }
    }

    private void served(Operation refresh, Operation call, long grace) {
        long late = nanosAfter(refresh, call) - grace;
        superseded = Math.max(superseded, late);
        if (late > bounds.superseded().toNanos()) {
            violations.add(new Violation(
                    Property.SUPERSEDED_STAYS_DEAD,
                    "served %d ms after a refresh was answered, %d ms of grace included"
                            .formatted(millisBetween(refresh, call), grace / 1_000_000),
                    List.of(refresh, call)));
        }
    }

    private static long nanosAfter(Operation end, Operation call) {
        return call.invokedAt() - end.completedAt();
    }

    private static long millisBetween(Operation end, Operation later) {
        return nanosAfter(end, later) / 1_000_000;
    }
}
