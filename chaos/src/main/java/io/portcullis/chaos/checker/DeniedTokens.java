package io.portcullis.chaos.checker;

import io.portcullis.chaos.checker.SessionHistory.Issue;
import io.portcullis.chaos.history.Operation;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Checks property (b): a logout of unknown outcome may or may not have taken effect, but an access token that was refused once
 * is never served again.
 *
 * <p>If a session is refused as ended and nevertheless yields a new pair, half a logout has taken effect: its access token is
 * dead and its refresh token is not. Such cases are recorded separately from violations, see {@link Verdict#halfDone()}.
 */
final class DeniedTokens {
    private final SessionHistory session;
    private final Bounds bounds;
    private final List<Violation> violations = new ArrayList<>();
    private final List<Violation> halfDone = new ArrayList<>();

    DeniedTokens(SessionHistory session, Bounds bounds) {
        this.session = session;
        this.bounds = bounds;
        checkSession();
        checkTokens();
    }

    List<Violation> violations() {
        return violations;
    }

    List<Violation> halfDone() {
        return halfDone;
    }

    private void checkSession() {
        Operation denial = session.firstCertainDenial();
        if (denial != null) {
            session.refreshes.stream()
                    .filter(refresh -> refresh.ok() && refresh.invokedAt() - denial.completedAt() > 0)
                    .findFirst()
                    .ifPresent(refresh -> halfDone.add(new Violation(
                            Property.DENIED_STAYS_DENIED,
                            "refreshed after its session had been refused as over",
                            List.of(denial, refresh))));
        }
    }

    private void checkTokens() {
        Map<String, Operation> denials = new HashMap<>();
        for (Operation call : session.calls) {
            if (call.failed() && !aboutToExpire(call)) {
                denials.merge(
                        Objects.requireNonNull(call.presented()),
                        call,
                        (one, other) -> one.completedAt() - other.completedAt() <= 0 ? one : other);
            }
        }
        for (Operation call : session.calls) {
            @Nullable Operation denial = denials.get(call.presented());
            if (denial != null && call.ok() && cameAfter(denial, call)) {
                var found = new Violation(
                        Property.DENIED_STAYS_DENIED,
                        "served after this token had been refused",
                        List.of(denial, call));
                (isHalfDone(denial, call) || mayBeOfLostRefresh(denial) ? halfDone : violations).add(found);
            }
        }
    }

    /**
     * Returns whether the policy permits this state before the next successful logout: an unsuccessful or unanswered logout
     * leaves the token refused by Redis and accepted by MySQL.
     */
    private boolean isHalfDone(Operation denial, Operation call) {
        Operation end = session.firstCertainEnd();
        return bounds.halfDoneAllowed()
                && SessionHistory.statesSessionEnd(denial)
                && (end == null || call.invokedAt() - end.completedAt() < 0)
                && session.ends.stream().anyMatch(tried -> tried.invokedAt() - denial.completedAt() < 0);
    }

    /**
     * Returns whether a refresh of unknown outcome may have replaced the token. MySQL shows a commit before it is on disk, so a node
     * may replay the ledger's entry of a refresh that a crash of MySQL undoes. Redis then refuses the token, which is still in the
     * grace window of the refresh before; that it does not pass any longer is checked elsewhere.
     */
    private boolean mayBeOfLostRefresh(Operation denial) {
        return bounds.halfDoneAllowed()
                && !SessionHistory.statesSessionEnd(denial)
                && session.refreshes.stream()
                        .anyMatch(tried ->
                                !tried.ok() && !tried.failed() && tried.invokedAt() - denial.completedAt() < 0);
    }

    private boolean cameAfter(Operation denial, Operation operation) {
        Duration bound = SessionHistory.statesSessionEnd(denial) ? bounds.stale() : bounds.superseded();
        return operation.invokedAt() - denial.completedAt() > bound.toNanos();
    }

    /**
     * Returns whether the token was close to its expiry. If clocks differ, one node may consider it expired while another
     * still serves it.
     */
    private boolean aboutToExpire(Operation call) {
        Issue issue = session.issueOfAccess(call.presented());
        return issue != null && LiveSession.mayHaveExpired(issue, call.completedAt(), bounds);
    }
}
