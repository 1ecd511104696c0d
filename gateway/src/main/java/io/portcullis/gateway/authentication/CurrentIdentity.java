package io.portcullis.gateway.authentication;

import io.portcullis.core.token.store.Identity;
import io.portcullis.gateway.accesslog.AccessRecord;
import org.jspecify.annotations.Nullable;
import org.springframework.web.server.ServerWebExchange;

/** Stores the caller's {@link Identity} as an attribute of the exchange. */
public final class CurrentIdentity {
    static final String ATTRIBUTE = Identity.class.getName();

    private CurrentIdentity() {}

    /** Stores the identity of an {@link Admission.Identified}, for the access log too; does nothing for an anonymous request. */
    public static void store(ServerWebExchange exchange, Admission admission) {
        if (admission instanceof Admission.Identified identified) {
            exchange.getAttributes().put(ATTRIBUTE, identified.identity());
            AccessRecord record = AccessRecord.of(exchange.getRequest());
            if (record != null) {
                record.identified(identified.identity());
            }
        }
    }

    /** Returns the caller's session id, or {@code null} for an anonymous request. */
    public static @Nullable String sessionIdOf(ServerWebExchange exchange) {
        Identity identity = exchange.getAttribute(ATTRIBUTE);
        return identity == null ? null : identity.sessionId();
    }
}
