package io.portcullis.chaos;

import io.portcullis.chaos.checker.Verdict;
import io.portcullis.chaos.checker.Violation;
import io.portcullis.chaos.history.Operation;
import java.time.Duration;
import java.util.List;

/**
 * What a round showed.
 *
 * @param violations those of the history, of the stores, and of what did not heal
 * @param verdict what the history alone shows
 * @param healing from the end of the faults until every node worked again
 */
record RoundResult(Plan plan, List<Operation> history, List<Violation> violations, Verdict verdict, Duration healing) {
    RoundResult {
        history = List.copyOf(history);
        violations = List.copyOf(violations);
    }
}
