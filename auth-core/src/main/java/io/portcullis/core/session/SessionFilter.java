package io.portcullis.core.session;

import org.jspecify.annotations.Nullable;

/**
 * Selects sessions. A null component matches every session. The user id and a whole address are compared exactly, the other
 * components by prefix.
 */
public record SessionFilter(
        /** Returns a filter for all sessions of one user. */
        @Nullable String userId,
        @Nullable String username,
        @Nullable String ip,
        @Nullable String device) {
    public static SessionFilter ofUser(String userId) {
        return new SessionFilter(userId, null, null, null);
    }
}
