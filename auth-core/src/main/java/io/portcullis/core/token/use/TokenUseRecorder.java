package io.portcullis.core.token.use;

import org.jspecify.annotations.Nullable;

/** Notes that an access token has passed a check. */
@FunctionalInterface
public interface TokenUseRecorder {
    /** Records nothing. */
    TokenUseRecorder NONE = (digest, sessionId, userId, tenantId, ip) -> {};

    /**
     * Records a use. Called on the request path: returns at once, and neither blocks nor fails.
     *
     * @param digest the token's digest, or {@link TokenUse#ticketsOf} for a ticket
     * @param tenantId the tenant of the session; null for none
     * @param ip the client's address without a port
     */
    void record(String digest, String sessionId, String userId, @Nullable String tenantId, String ip);
}
