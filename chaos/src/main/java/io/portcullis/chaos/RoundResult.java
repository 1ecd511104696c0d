package io.portcullis.chaos;

import io.portcullis.chaos.checker.Verdict;
import io.portcullis.chaos.checker.Violation;
import io.portcullis.chaos.history.History;
import java.time.Duration;
import java.util.List;

/**
 * The result of a round.
 *
 * @param violations the violations found in the history, in the stores, and during healing
 * @param lost broken properties that are no violations, because MySQL lost changes that it had confirmed
 * @param verdict the result of checking the history alone
 * @param healing the time from the end of the faults until every node worked again
 */
record RoundResult(
        Plan plan,
        History history,
        List<Violation> violations,
        List<Violation> lost,
        Verdict verdict,
        Duration healing) {
    RoundResult {
        violations = List.copyOf(violations);
        lost = List.copyOf(lost);
    }
}
