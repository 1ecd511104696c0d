package io.portcullis.core.event;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What happened to a session, as the receiver is told it. Holds no token and no digest of one.
 *
 * @param id the id of the event, the same in each attempt to deliver it
 * @param type the {@link SessionEventType#word} of its type; another one if a later release has written the event
 * @param reason {@code login}, or the reason of the end in lower case with hyphens, such as {@code password-changed}
 * @param ip the address that opened the session; for an end, the last address from which the session was used
 * @param at the time of the opening, or of the end
 */
public record SessionEvent(
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
        Instant at) {}
