package io.portcullis.gateway.stream;

import io.portcullis.gateway.authentication.CurrentIdentity;
import org.jspecify.annotations.Nullable;
import org.springframework.web.server.ServerWebExchange;

/**
 * The admission of a request, which may become a stream much later.
 *
 * @param sessionId the session of the caller, null for an anonymous caller
 * @param at the {@link System#nanoTime()} at which the session was known to be alive
 */
public record Admission(@Nullable String sessionId, long at) {
    /** Returns the admission of an exchange whose request has been authenticated. */
    public static Admission of(ServerWebExchange exchange) {
        OpenCall call = OpenCall.of(exchange);
        return call == null
                ? new Admission(CurrentIdentity.sessionIdOf(exchange), System.nanoTime())
                : call.admission();
    }
}
