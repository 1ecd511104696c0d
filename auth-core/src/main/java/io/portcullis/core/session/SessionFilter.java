package io.portcullis.core.session;

import org.jspecify.annotations.Nullable;

/** Which sessions to list; null matches all. Text matches from the start, ids exactly. */
public record SessionFilter(
        @Nullable String userId,
        @Nullable String username,
        @Nullable String ip,
        @Nullable String device) {
    public static SessionFilter ofUser(String userId) {
        return new SessionFilter(userId, null, null, null);
    }
}
