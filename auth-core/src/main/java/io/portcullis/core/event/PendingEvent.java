package io.portcullis.core.event;

import java.time.Duration;
import java.time.Instant;

/**
 * An event that waits for its delivery.
 *
 * @param age the time since the event was written, by the database's clock
 * @param attempts the number of attempts that have failed
 * @param refusals the number of those in which the receiver refused the event itself
 * @param due whether the time of the next attempt has come, by the database's clock
 * @param nextAttemptAt the time of the next attempt, by the database's clock
 */
public record PendingEvent(
        SessionEvent event, Duration age, int attempts, int refusals, boolean due, Instant nextAttemptAt) {}
