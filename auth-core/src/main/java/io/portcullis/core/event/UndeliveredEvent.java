package io.portcullis.core.event;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * An event that the receiver has not accepted, with the state of its delivery.
 *
 * @param createdAt the time at which the event was written, by the database's clock
 * @param attempts the number of attempts that have failed
 * @param nextAttemptAt the time of the next attempt; without a meaning for a dead event
 * @param lastFailure the failure of the last attempt; null before the first one
 */
public record UndeliveredEvent(
        SessionEvent event,
        SessionEventState state,
        Instant createdAt,
        int attempts,
        Instant nextAttemptAt,
        @Nullable String lastFailure) {}
