package io.portcullis.chaos.checker;

import io.portcullis.chaos.checker.SessionHistory.Issue;
import io.portcullis.chaos.history.Operation;
import io.portcullis.chaos.history.Outcome;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Predicate;

/**
 * Property (d): a 401 has a reason. It is excused by what may have ended the session, may have superseded or spent the token, or by
 * its expiry; and by nothing that a store does.
 *
 * <p>An operation of unknown outcome may take effect at any time after it was sent, so it excuses whatever was refused later.
 */
final class LiveSession {
    /** The answer tells the expiry in milliseconds, and was read a little after it was written. */
    private static final long EXPIRY_PRECISION = 100_000_000;

    private final SessionHistory session;
    private final Bounds bounds;

    private LiveSession(SessionHistory session, Bounds bounds) {
        this.session = session;
        this.bounds = bounds;
    }

    static List<Violation> check(SessionHistory session, Bounds bounds) {
        LiveSession live = new LiveSession(session, bounds);
        List<Violation> violations = new ArrayList<>();
        session.calls.stream()
                .filter(call -> call.failed() && !live.excusesCall(call))
                .forEach(call -> violations.add(live.violation("a call was refused", call)));
        session.refreshes.stream()
                .filter(refresh -> refresh.failed() && !live.excusesRefresh(refresh))
                .forEach(refresh -> violations.add(live.violation("a refresh was refused", refresh)));
        return violations;
    }

    static boolean mayHaveExpired(Issue issue, long at, Bounds bounds) {
        return at - issue.pair().expiresAt() + bounds.skew().toNanos() + EXPIRY_PRECISION > 0;
    }

    private Violation violation(String what, Operation denial) {
        return new Violation(
                Property.LIVE_IS_SERVED,
                what + " although nothing had ended its session or replaced its token",
                List.of(denial));
    }

    private boolean excusesCall(Operation call) {
        Issue issue = session.issueOfAccess(call.presented());
        return issue == null
                || mayHaveEnded(call)
                || mayHaveExpired(issue, call.completedAt(), bounds)
                || anyRefresh(call, other -> mayKill(other, issue, call));
    }

    private boolean excusesRefresh(Operation refresh) {
        Issue issue = session.issueOfRefresh(refresh.presented());
        return issue == null
                || mayHaveEnded(refresh)
                || anyRefresh(
                        refresh,
                        other -> Objects.equals(other.presented(), refresh.presented())
                                ? !other.equals(refresh) && mayBeReuse(refresh)
                                : mayKill(other, issue, refresh));
    }

    private boolean mayHaveEnded(Operation denial) {
        return session.ends.stream().anyMatch(end -> before(end, denial));
    }

    private boolean anyRefresh(Operation denial, Predicate<Operation> excuse) {
        return session.refreshes.stream().anyMatch(other -> before(other, denial) && excuse.test(other));
    }

    private static boolean before(Operation other, Operation denial) {
        return other.invokedAt() - denial.completedAt() < 0;
    }

    /** Whether a refresh may have superseded the pair, or have ended the session as a reuse, by the time of the denial. */
    private boolean mayKill(Operation refresh, Issue issue, Operation denial) {
        if (refresh.failed() && !session.isReuse(refresh)) {
            return false;
        }
        String presented = Objects.requireNonNull(refresh.presented());
        if (session.isSuccessor(presented, issue)) {
            // It brought the pair to life or, within the grace window, handed it out once more.
            return mayBeReuse(refresh);
        }
        if (presented.equals(issue.pair().refresh()) && !mayBeReuse(refresh)) {
            // It has replaced the access token, which passes until the grace window ends.
            return denial.completedAt() - refresh.invokedAt() >= bounds.grace().toNanos() - EXPIRY_PRECISION;
        }
        boolean over = refresh.outcome() != Outcome.UNKNOWN
                && refresh.completedAt() - issue.birth().invokedAt() < 0;
        return !over && before(refresh, denial);
    }

    /** Whether the token had been presented before, and too long ago, or its successor had been. */
    private boolean mayBeReuse(Operation refresh) {
        long first = session.refreshes.stream()
                .filter(other -> Objects.equals(other.presented(), refresh.presented()) && !unsent(other))
                .mapToLong(Operation::invokedAt)
                .reduce(refresh.invokedAt(), (one, other) -> one - other <= 0 ? one : other);
        // The window is measured by the database's clock, so the nodes' clocks excuse nothing.
        boolean late = refresh.completedAt() - first >= bounds.grace().toNanos() - EXPIRY_PRECISION;
        return late || session.refreshes.stream().anyMatch(other -> spentSuccessor(other, refresh));
    }

    private static boolean unsent(Operation refresh) {
        return refresh.failed();
    }

    private boolean spentSuccessor(Operation other, Operation refresh) {
        Issue issue = session.issueOfRefresh(other.presented());
        return issue != null
                && session.isSuccessor(Objects.requireNonNull(refresh.presented()), issue)
                && before(other, refresh);
    }
}
