package io.portcullis.gateway.event;

import io.portcullis.core.event.SessionEvent;
import io.portcullis.core.event.SessionEventType;
import io.portcullis.core.identity.SecurityEvent;
import io.portcullis.core.session.EndReason;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Translates session events into those of the OpenID Continuous Access Evaluation Profile 1.0: an opening is {@code session-established},
 * an end is {@code session-revoked}. The subject is the session together with its user and tenant. Name, address and device of the user
 * are left out, because the profile has no claim for them.
 */
final class CaepEvents {
    private static final String TYPES = "https://schemas.openid.net/secevent/caep/event-type/";

    private static final Map<String, String> TYPE_BY_WORD = Map.of(
            SessionEventType.OPENED.word(), TYPES + "session-established",
            SessionEventType.ENDED.word(), TYPES + "session-revoked");

    private final String issuer;
    private final String audience;

    CaepEvents(String issuer, String audience) {
        this.issuer = issuer;
        this.audience = audience;
    }

    /**
     * Returns the event of the profile.
     *
     * @throws UnwritableEventException if the event has a type of a later release
     */
    SecurityEvent of(SessionEvent event) {
        String type = TYPE_BY_WORD.get(event.type());
        if (type == null) {
            throw new UnwritableEventException("this release knows no event type of CAEP for " + event.type());
        }
        return new SecurityEvent(event.id(), audience, subject(event), type, payload(event));
    }

    private Map<String, Object> subject(SessionEvent event) {
        Map<String, Object> subject = new HashMap<>();
        subject.put("format", "complex");
        subject.put("session", opaque(event.sessionId()));
        subject.put("user", Map.of("format", "iss_sub", "iss", issuer, "sub", event.userId()));
        if (event.tenantId() != null) {
            subject.put("tenant", opaque(event.tenantId()));
        }
        return subject;
    }

    private static Map<String, Object> opaque(String id) {
        return Map.of("format", "opaque", "id", id);
    }

    private static Map<String, Object> payload(SessionEvent event) {
        Map<String, Object> payload = new HashMap<>();
        payload.put("event_timestamp", event.at().getEpochSecond());
        payload.put("reason_admin", Map.of("en", event.reason()));
        String initiator = initiator(event);
        if (initiator != null) {
            payload.put("initiating_entity", initiator);
        }
        return payload;
    }

    /** Returns who caused the event; null if the reason does not tell, or is one of a later release. */
    private static @Nullable String initiator(SessionEvent event) {
        if (event.type().equals(SessionEventType.OPENED.word())) {
            return "user";
        }
        for (EndReason reason : EndReason.values()) {
            if (reason.name().equalsIgnoreCase(event.reason().replace('-', '_'))) {
                return initiator(reason);
            }
        }
        return null;
    }

    private static @Nullable String initiator(EndReason reason) {
        return switch (reason) {
            case LOGOUT, REPLACED_IN_BROWSER -> "user";
            case KICKED, ACCOUNT_DISABLED, ACCOUNT_DELETED, ROLES_CHANGED -> "admin";
            case REPLACED, REUSE -> "policy";
            case EXPIRED -> "system";
            case PASSWORD_CHANGED -> null; // By the user or by an administrator.
        };
    }
}
