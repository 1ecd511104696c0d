package io.portcullis.gateway.event;

import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.portcullis.core.event.DeliveryResult;
import io.portcullis.core.event.SessionEvent;
import java.time.Clock;
import java.util.List;
import java.util.Set;
import reactor.core.publisher.Mono;
import tools.jackson.databind.json.JsonMapper;

/** Writes an event as JSON, with an HMAC of the body in a header field (docs/events.md). */
final class JsonEventFormat implements EventFormat {
    private static final String EVENT_ID = "X-Portcullis-Event-Id";
    /** The statuses that say that the receiver works and does not accept this event. */
    private static final Set<Integer> REFUSALS = Set.of(400, 409, 413, 422);

    private final SignatureHeader signature;
    private final JsonMapper json;
    private final Clock clock;

    JsonEventFormat(List<String> secrets, JsonMapper json, Clock clock) {
        this.signature = new SignatureHeader(secrets);
        this.json = json;
        this.clock = clock;
    }

    @Override
    public Mono<EventMessage> write(SessionEvent event) {
        return Mono.fromSupplier(() -> {
            byte[] body = json.writeValueAsBytes(EventBody.of(event));
            var headers = new DefaultHttpHeaders()
                    .set(HttpHeaderNames.CONTENT_TYPE, "application/json")
                    .set(EVENT_ID, event.id())
                    .set(SignatureHeader.NAME, signature.sign(clock.instant(), body));
            return new EventMessage(headers, body);
        });
    }

    @Override
    public DeliveryResult failure(int status, byte[] body) {
        String failure = "HTTP " + status;
        return REFUSALS.contains(status) ? new DeliveryResult.Refused(failure) : new DeliveryResult.Failed(failure);
    }
}
