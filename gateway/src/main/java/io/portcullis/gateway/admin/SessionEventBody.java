package io.portcullis.gateway.admin;

import io.portcullis.core.event.SessionEvent;
import io.portcullis.core.event.SessionEventState;
import io.portcullis.core.event.UndeliveredEvent;
import org.jspecify.annotations.Nullable;

/**
 * Represents an undelivered session event in a response. Times are in epoch milliseconds.
 *
 * @param nextAttemptTime null for a dead event
 */
record SessionEventBody(
        String id,
        String state,
        String type,
        String reason,
        String sessionId,
        String userId,
        String username,
        @Nullable String tenantId,
        @Nullable String device,
        String ip,
        long at,
        long createTime,
        int attempts,
        @Nullable Long nextAttemptTime,
        @Nullable String lastFailure) {
    static SessionEventBody of(UndeliveredEvent undelivered) {
        SessionEvent event = undelivered.event();
        boolean pending = undelivered.state() == SessionEventState.PENDING;
        return new SessionEventBody(
                event.id(),
                QueryParameters.word(undelivered.state().name()),
                event.type(),
                event.reason(),
                event.sessionId(),
                event.userId(),
                event.username(),
                event.tenantId(),
                event.device(),
                event.ip(),
                event.at().toEpochMilli(),
                undelivered.createdAt().toEpochMilli(),
                undelivered.attempts(),
                pending ? undelivered.nextAttemptAt().toEpochMilli() : null,
                undelivered.lastFailure());
    }
}
