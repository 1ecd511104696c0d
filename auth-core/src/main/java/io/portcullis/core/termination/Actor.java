package io.portcullis.core.termination;

import io.portcullis.core.session.ClientInfo;
import org.jspecify.annotations.Nullable;

/**
 * The user on whose behalf an action is done, for the login log.
 *
 * @param userId the id of the authenticated user; null when the caller is not authenticated, and for the gateway itself
 * @param client the origin of the request
 */
public record Actor(@Nullable String userId, ClientInfo client) {

    /** Returns the gateway itself, which has no user id and no address, such as at its start. */
    public static Actor gateway() {
        return new Actor(null, new ClientInfo("", null, null, null));
    }
}
