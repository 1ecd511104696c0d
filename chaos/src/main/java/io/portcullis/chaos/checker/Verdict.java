package io.portcullis.chaos.checker;

import java.time.Duration;
import java.util.List;

/**
 * What a history shows.
 *
 * @param staleness the longest time after the answer to its logout, kick, reuse or refresh at which a call was sent that was served
 *     all the same; also within the bound
 */
public record Verdict(List<Violation> violations, Duration staleness) {
    public Verdict {
        violations = List.copyOf(violations);
    }
}
