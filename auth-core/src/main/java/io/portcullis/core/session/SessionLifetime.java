package io.portcullis.core.session;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * How long a session lasts at most, unless it is refreshed.
 *
 * @param endReason the reason of its end; null if the session has not been ended
 * @param overAt the time of its end; if it has not been ended, the time at which its last token or the session itself expires
 * @param remaining the time until {@code overAt} by the database's clock; negative if it is past
 */
public record SessionLifetime(String sessionId, @Nullable EndReason endReason, Instant overAt, Duration remaining) {}
