package io.portcullis.gateway.authentication;

import io.portcullis.core.token.store.Identity;
import org.jspecify.annotations.Nullable;
import org.springframework.web.server.ServerWebExchange;

/** Where an exchange keeps who is calling. */
public final class CurrentIdentity {
    static final String ATTRIBUTE = Identity.class.getName();

    private CurrentIdentity() {}

    /** Keeps the identity of a request that passes with one. */
    static void keep(ServerWebExchange exchange, Admission admission) {
        if (admission instanceof Admission.Identified identified) {
            exchange.getAttributes().put(ATTRIBUTE, identified.identity());
        }
    }

    /** The session of whoever is calling, null for nobody. */
    public static @Nullable String sessionIdOf(ServerWebExchange exchange) {
        Identity identity = exchange.getAttribute(ATTRIBUTE);
        return identity == null ? null : identity.sessionId();
    }
}
