package io.portcullis.gateway.admin;

import io.portcullis.core.audit.LoginLogEntry;
import org.jspecify.annotations.Nullable;

/** Represents an entry of the login log in a response. {@code createTime} is in epoch milliseconds. */
record LoginLogBody(
        String id,
        String type,
        String result,
        @Nullable String userId,
        String username,
        @Nullable String sessionId,
        String ip,
        @Nullable String userAgent,
        long createTime,
        @Nullable String actor,
        @Nullable String detail,
        @Nullable String tenantId) {
    static LoginLogBody of(LoginLogEntry entry) {
        return new LoginLogBody(
                entry.id(),
                QueryParameters.word(entry.type().name()),
                QueryParameters.word(entry.result().name()),
                entry.userId(),
                entry.username(),
                entry.sessionId(),
                entry.ip(),
                entry.userAgent(),
                entry.createdAt().toEpochMilli(),
                entry.actor(),
                entry.detail(),
                entry.tenantId());
    }
}
