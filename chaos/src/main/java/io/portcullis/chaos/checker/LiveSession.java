package io.portcullis.chaos.checker;

import io.portcullis.chaos.checker.SessionHistory.Issue;
import io.portcullis.chaos.history.Operation;
import io.portcullis.chaos.history.Outcome;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Predicate;

/**
 * Checks property (d): every 401 has a reason. Valid reasons are an operation that may have ended the session, an operation
 * that may have superseded or used up the token, and the expiry of the token. The failure of a store is no valid reason.
 *
 * <p>An operation of unknown outcome may take effect at any time after it was sent, so it is a valid reason for every later
 * refusal.
 */
final class LiveSession {
    /**
     * The precision, in nanoseconds, of the expiry: the response states it in milliseconds, and the client reads the
     * response a little later.
     */
    private static final long EXPIRY_PRECISION = 100_000_000;

    private final SessionHistory session;
    private final Bounds bounds;

    LiveSession(SessionHistory session, Bounds bounds) {
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

    private Violation violation(String description, Operation denial) {
        return new Violation(
                Property.LIVE_IS_SERVED,
                description + " although nothing had ended its session or replaced its token",
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

    /** Returns whether a refresh may have superseded the pair, or ended the session as a reuse, before the refusal. */
    private boolean mayKill(Operation refresh, Issue issue, Operation denial) {
        if (refresh.failed() && !session.isReuse(refresh)) {
            return false;
        }
        String presented = Objects.requireNonNull(refresh.presented());
        if (session.isSuccessor(presented, issue)) {
            // The refresh issued the pair or, within the grace window, returned it again.
            return mayBeReuse(refresh);
        }
        if (presented.equals(issue.pair().refresh()) && !mayBeReuse(refresh)) {
            // The refresh replaced the access token, which is accepted until the grace window ends.
            return denial.completedAt() - refresh.invokedAt() >= bounds.grace().toNanos() - EXPIRY_PRECISION;
        }
        boolean over = refresh.outcome() != Outcome.UNKNOWN
                && refresh.completedAt() - issue.issuedBy().invokedAt() < 0;
        return !over && before(refresh, denial);
    }

    /**
     * Returns whether the refresh may count as a reuse: its token was first presented longer ago than the grace window, or
     * the successor of its token was presented.
     */
    boolean mayBeReuse(Operation refresh) {
        long first = session.refreshes.stream()
                .filter(other -> Objects.equals(other.presented(), refresh.presented()) && !unsent(other))
                .mapToLong(Operation::invokedAt)
                .reduce(refresh.invokedAt(), (one, other) -> one - other <= 0 ? one : other);
        // The database clock determines the window, so that skewed clocks of nodes are no reason.
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
