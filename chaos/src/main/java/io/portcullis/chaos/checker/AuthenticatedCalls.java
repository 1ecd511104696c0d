package io.portcullis.chaos.checker;

import io.portcullis.chaos.history.IssuedPair;
import io.portcullis.chaos.history.Kind;
import io.portcullis.chaos.history.Operation;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Checks property (f): a call is served only with a genuine, unexpired token, and only on behalf of the session of that token.
 */
final class AuthenticatedCalls {
    /** The precision, in nanoseconds, with which a client knows the expiry, as in {@link LiveSession}. */
    private static final long EXPIRY_PRECISION = 100_000_000;

    private AuthenticatedCalls() {}

    static List<Violation> check(List<Operation> history, Bounds bounds) {
        Map<String, Long> expiries = new HashMap<>();
        for (Operation operation : history) {
            IssuedPair pair = operation.issued();
            if (pair != null) {
                expiries.put(pair.access(), pair.expiresAt());
            }
        }
        List<Violation> violations = new ArrayList<>();
        for (Operation call : history) {
            if (call.kind() == Kind.CALL && call.ok()) {
                String wrong = describeViolation(call, expiries, bounds);
                if (!wrong.isEmpty()) {
                    violations.add(new Violation(Property.AUTHENTICATED, wrong, List.of(call)));
                }
            }
        }
        return violations;
    }

    private static String describeViolation(Operation call, Map<String, Long> expiries, Bounds bounds) {
        if (call.session() == null) {
            return "served without a genuine token";
        }
        if (!call.session().equals(call.served())) {
            return "served in the name of session " + Operation.shorten(call.served());
        }
        Long expiry = expiries.get(call.presented());
        if (expiry == null) {
            return "served a token that was never issued as an access token";
        }
        return call.invokedAt() - expiry > bounds.skew().toNanos() + EXPIRY_PRECISION ? "served an expired token" : "";
    }
}
