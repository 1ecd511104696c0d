package io.portcullis.chaos.checker;

import java.time.Duration;
import java.util.List;

/**
 * What a history shows.
 *
 * @param halfDone sessions that were refused as over and yielded a new pair later: a logout was tried and not answered with success,
 *     its tombstones arrived and its transaction did not. The design accepts that (section 6, policy {@code reject}), so it is
 *     counted and no violation; where a logout was answered with success it would be one as well
 * @param ended the longest time after the answer to its logout, kick or reuse at which a call was sent that was served all the same;
 *     also within the bound
 * @param superseded the same for an access token that was replaced, after the answer to the refresh
 */
public record Verdict(List<Violation> violations, List<Violation> halfDone, Duration ended, Duration superseded) {
    public Verdict {
        violations = List.copyOf(violations);
        halfDone = List.copyOf(halfDone);
    }
}
