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
 * Property (b): a logout of unknown outcome may have happened or not, but an access token that was refused is never served again.
 *
 * <p>A session that was refused as over and yields a new pair all the same has had half a logout: its access token is dead, its
 * refresh token is not. That is taken down beside the violations, see {@link Verdict#halfDone()}.
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
        Operation denial = session.firstSureDenial();
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
                (isHalfDone(denial, call) ? halfDone : violations).add(found);
            }
        }
    }

    /**
     * Whether the policy lets a logout that was not answered with success, or not yet, leave it so: refused by Redis, served by MySQL,
     * until the next success.
     */
    private boolean isHalfDone(Operation denial, Operation call) {
        Operation end = session.firstSureEnd();
        return bounds.halfDoneAllowed()
                && SessionHistory.saysSessionIsOver(denial)
                && (end == null || call.invokedAt() - end.completedAt() < 0)
                && session.ends.stream().anyMatch(tried -> tried.invokedAt() - denial.completedAt() < 0);
    }

    private boolean cameAfter(Operation denial, Operation operation) {
        Duration bound = SessionHistory.saysSessionIsOver(denial) ? bounds.stale() : bounds.superseded();
        return operation.invokedAt() - denial.completedAt() > bound.toNanos();
    }

    /** Where clocks differ, one node may take for expired what another still serves. */
    private boolean aboutToExpire(Operation call) {
        Issue issue = session.issueOfAccess(call.presented());
        return issue != null && LiveSession.mayHaveExpired(issue, call.completedAt(), bounds);
    }
}
