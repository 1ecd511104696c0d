package io.portcullis.chaos.checker;

import io.portcullis.chaos.history.Operation;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** Checks property (c): all successful refreshes with the same token return the same pair. */
final class RefreshFamily {
    private RefreshFamily() {}

    static List<Violation> check(SessionHistory session) {
        List<Violation> violations = new ArrayList<>();
        Map<String, Operation> first = new HashMap<>();
        for (Operation refresh : session.refreshes) {
            if (refresh.ok()) {
                Operation other = first.putIfAbsent(Objects.requireNonNull(refresh.presented()), refresh);
                if (other != null && !samePair(other, refresh)) {
                    violations.add(new Violation(
                            Property.ONE_CHILD, "one refresh token, two successor pairs", List.of(other, refresh)));
                }
            }
        }
        return violations;
    }

    /** Compares the digests only, because nodes with different clocks may state different expiries. */
    private static boolean samePair(Operation one, Operation other) {
        var pair = Objects.requireNonNull(one.issued());
        var second = Objects.requireNonNull(other.issued());
        return pair.access().equals(second.access()) && pair.refresh().equals(second.refresh());
    }
}
