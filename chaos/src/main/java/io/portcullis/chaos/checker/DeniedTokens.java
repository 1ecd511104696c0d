package io.portcullis.chaos.checker;

import io.portcullis.chaos.checker.SessionHistory.Issue;
import io.portcullis.chaos.history.Operation;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Property (b): a logout of unknown outcome may have happened or not, but a session that was refused as over, and an access token
 * that was refused at all, never pass again.
 */
final class DeniedTokens {
    private final SessionHistory session;
    private final Bounds bounds;
    private final List<Violation> violations = new ArrayList<>();

    private DeniedTokens(SessionHistory session, Bounds bounds) {
        this.session = session;
        this.bounds = bounds;
    }

    static List<Violation> check(SessionHistory session, Bounds bounds) {
        DeniedTokens denied = new DeniedTokens(session, bounds);
        denied.checkSession();
        denied.checkTokens();
        return denied.violations;
    }

    private void checkSession() {
        Operation denial = session.firstSureDenial();
        if (denial != null) {
            Stream.concat(session.calls.stream(), session.refreshes.stream())
                    .filter(operation -> operation.ok() && cameAfter(denial, operation))
                    .forEach(operation ->
                            report("passed after its session had been refused as over", denial, operation));
        }
    }

    private void checkTokens() {
        Map<String, Operation> denials = new HashMap<>();
        for (Operation call : session.calls) {
            if (call.failed() && !SessionHistory.saysSessionIsOver(call) && !aboutToExpire(call)) {
                denials.merge(
                        Objects.requireNonNull(call.presented()),
                        call,
                        (one, other) -> one.completedAt() - other.completedAt() <= 0 ? one : other);
            }
        }
        for (Operation call : session.calls) {
            @Nullable Operation denial = denials.get(call.presented());
            if (denial != null && call.ok() && cameAfter(denial, call)) {
                report("passed after this token had been refused", denial, call);
            }
        }
    }

    private boolean cameAfter(Operation denial, Operation operation) {
        return operation.invokedAt() - denial.completedAt() > bounds.stale().toNanos();
    }

    /** Where clocks differ, one node may take for expired what another still serves. */
    private boolean aboutToExpire(Operation call) {
        Issue issue = session.issueOfAccess(call.presented());
        return issue != null && LiveSession.mayHaveExpired(issue, call.completedAt(), bounds);
    }

    private void report(String what, Operation denial, Operation operation) {
        violations.add(new Violation(Property.DENIED_STAYS_DENIED, what, List.of(denial, operation)));
    }
}
