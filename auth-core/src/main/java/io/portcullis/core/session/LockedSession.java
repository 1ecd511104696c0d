package io.portcullis.core.session;

import java.time.Instant;

/**
 * A session, and the time at which the surrounding transaction locked its row.
 *
 * @param at the database's time when it had the lock. What happens under the lock is dated and judged by it, as the clocks of two
 *     nodes may differ by more than a grace window lasts
 */
public record LockedSession(Session session, Instant at) {}
