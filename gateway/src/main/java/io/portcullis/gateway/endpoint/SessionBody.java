package io.portcullis.gateway.endpoint;

import io.portcullis.core.session.Session;
import io.portcullis.gateway.problem.Envelope;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Represents a session in the responses to its user and to administrators. All times are in epoch milliseconds. */
public record SessionBody(
        String id,
        String userId,
        String username,
        String userType,
        @Nullable String tenantId,
        List<String> roles,
        String ip,
        @Nullable String userAgent,
        @Nullable String device,
        long createTime,
        long lastSeenTime,
        String lastIp,
        long expiresTime) {
    public static SessionBody of(Session session) {
        return new SessionBody(
                session.id(),
                session.userId(),
                session.username(),
                session.userType(),
                session.tenantId(),
                session.roles().stream().sorted().toList(),
                session.client().ip(),
                session.client().userAgent(),
                session.client().device(),
                session.createdAt().toEpochMilli(),
                session.lastSeenAt().toEpochMilli(),
                session.lastIp(),
                session.expiresAt().toEpochMilli());
    }

    /** Returns the response that lists the sessions. */
    public static Envelope<List<SessionBody>> listOf(List<Session> sessions) {
        return Envelope.of(sessions.stream().map(SessionBody::of).toList());
    }
}
