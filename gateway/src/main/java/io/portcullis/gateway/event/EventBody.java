package io.portcullis.gateway.event;

import io.portcullis.core.event.SessionEvent;
import org.jspecify.annotations.Nullable;

/** Represents a session event in a request to the webhook. {@code at} is in epoch milliseconds. */
record EventBody(
        String id,
        String type,
        String reason,
        String sessionId,
        String userId,
        String username,
        String userType,
        @Nullable String tenantId,
        @Nullable String device,
        String ip,
        long at) {
    static EventBody of(SessionEvent event) {
        return new EventBody(
                event.id(),
                event.type(),
                event.reason(),
                event.sessionId(),
                event.userId(),
                event.username(),
                event.userType(),
                event.tenantId(),
                event.device(),
                event.ip(),
                event.at().toEpochMilli());
    }
}
