package io.portcullis.chaos;

import io.portcullis.chaos.checker.Violation;
import io.portcullis.chaos.history.Operation;
import java.time.Duration;
import java.util.List;

/**
 * What a round showed.
 *
 * @param staleness see {@link io.portcullis.chaos.checker.Verdict}
 * @param healing from the end of the faults until every node worked again
 */
record RoundResult(
        Plan plan, List<Operation> history, List<Violation> violations, Duration staleness, Duration healing) {
    RoundResult {
        history = List.copyOf(history);
        violations = List.copyOf(violations);
    }
}
