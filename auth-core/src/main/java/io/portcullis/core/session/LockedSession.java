package io.portcullis.core.session;

import java.time.Instant;

/**
 * A session whose row the surrounding transaction has locked.
 *
 * @param at the database's time after the lock was granted. Changes under the lock use this time instead of the
 *     node's clock, because the clocks of two nodes may differ by more than the grace window
 */
public record LockedSession(Session session, Instant at) {}
