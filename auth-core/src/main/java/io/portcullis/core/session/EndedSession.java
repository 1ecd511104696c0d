package io.portcullis.core.session;

import java.time.Instant;

/**
 * The end of a session, as it is told to the parts of all nodes that hold something open for the session.
 *
 * @param at the time of the end by the database's clock
 */
public record EndedSession(String sessionId, EndReason reason, Instant at) {}
