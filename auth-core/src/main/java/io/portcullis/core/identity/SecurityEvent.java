package io.portcullis.core.identity;

import java.util.Map;

/**
 * An event that {@link SecurityEventTokens} signs.
 *
 * @param id the id of the event, the claim {@code jti}
 * @param audience the receiver, the claim {@code aud}
 * @param subject whom the event is about, the claim {@code sub_id} (RFC 9493)
 * @param type the URI of the event's type, the key in the claim {@code events}
 * @param payload the claims of the event itself
 */
public record SecurityEvent(
        String id, String audience, Map<String, Object> subject, String type, Map<String, Object> payload) {
    public SecurityEvent {
        subject = Map.copyOf(subject);
        payload = Map.copyOf(payload);
    }
}
