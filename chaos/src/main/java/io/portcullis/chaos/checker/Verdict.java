package io.portcullis.chaos.checker;

import java.time.Duration;
import java.util.List;

/**
 * The result of checking a history.
 *
 * @param halfDone sessions that were refused as ended and later yielded a new pair: the tombstones of an unsuccessful logout
 *     were written, and its transaction was not committed. The design accepts this (section 6, policy {@code reject}), so it is
 *     counted but is no violation. After a successful logout it is a violation as well
 * @param ended the longest time after an answered logout, kick or reuse at which a served call was sent, within the bound or
 *     not
 * @param superseded the longest such time for a replaced access token, after its refresh was answered
 * @param streams the longest time after an answered logout, kick or reuse at which a stream of the session delivered something
 */
public record Verdict(
        List<Violation> violations, List<Violation> halfDone, Duration ended, Duration superseded, Duration streams) {
    public Verdict {
        violations = List.copyOf(violations);
        halfDone = List.copyOf(halfDone);
    }
}
