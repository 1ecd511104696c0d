package io.portcullis.gateway.event;

import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.portcullis.core.error.PortcullisException;
import io.portcullis.core.event.DeliveryResult;
import io.portcullis.core.event.SessionEvent;
import io.portcullis.core.identity.SecurityEventTokens;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/**
 * Writes an event as a Security Event Token (RFC 8417) for push delivery (RFC 8935). Each attempt has a new signature, and so the key that
 * signs at its time.
 */
final class SecurityEventTokenFormat implements EventFormat {
    private static final Logger log = LoggerFactory.getLogger(SecurityEventTokenFormat.class);

    /** The errors of RFC 8935 section 2.4 that an administrator of the receiver or of the gateway can correct without the event. */
    private static final Set<String> SETTINGS_ERRORS =
            Set.of("invalid_key", "invalid_issuer", "invalid_audience", "authentication_failed", "access_denied");

    private static final String INVALID_REQUEST = "invalid_request";
    private static final int BAD_REQUEST = 400;

    private final SecurityEventTokens tokens;
    private final CaepEvents events;
    private final JsonMapper json;

    SecurityEventTokenFormat(SecurityEventTokens tokens, String audience, JsonMapper json) {
        this.tokens = tokens;
        this.events = new CaepEvents(tokens.issuer(), audience);
        this.json = json;
    }

    @Override
    public Mono<EventMessage> write(SessionEvent event) {
        return Mono.defer(() -> tokens.sign(events.of(event)))
                .map(SecurityEventTokenFormat::message)
                .onErrorMap(SecurityEventTokenFormat::unwritable);
    }

    private static UnwritableEventException unwritable(Throwable failure) {
        if (failure instanceof UnwritableEventException known) {
            return known;
        }
        if (!(failure instanceof PortcullisException)) {
            log.error("Cannot sign a session event", failure);
        }
        return new UnwritableEventException("this node cannot sign events now");
    }

    private static EventMessage message(String token) {
        var headers = new DefaultHttpHeaders()
                .set(HttpHeaderNames.CONTENT_TYPE, "application/secevent+jwt")
                .set(HttpHeaderNames.ACCEPT, "application/json");
        return new EventMessage(headers, token.getBytes(StandardCharsets.US_ASCII));
    }

    @Override
    public DeliveryResult failure(int status, byte[] body) {
        return failure(json, status, body);
    }

    /** RFC 8935 section 2.3: a refusal is 400 with the reason in the body. The text of the receiver's description is not used. */
    static DeliveryResult failure(JsonMapper json, int status, byte[] body) {
        if (status != BAD_REQUEST) {
            return new DeliveryResult.Failed("HTTP " + status);
        }
        String error = error(json, body);
        if (SETTINGS_ERRORS.contains(error)) {
            return new DeliveryResult.Failed("HTTP 400 " + error);
        }
        return new DeliveryResult.Refused(error.equals(INVALID_REQUEST) ? "HTTP 400 " + error : "HTTP 400");
    }

    private static String error(JsonMapper json, byte[] body) {
        try {
            return json.readTree(body).path("err").asString("");
        } catch (JacksonException e) {
            return "";
        }
    }
}
