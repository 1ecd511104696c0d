package io.portcullis.core.token.use;

import java.time.Instant;

/** The time and the address of the last use of any token of a session. */
public record SessionSighting(String sessionId, Instant at, String ip) {
    SessionSighting latest(SessionSighting other) {
        return other.at.isAfter(at) ? other : this;
    }
}
