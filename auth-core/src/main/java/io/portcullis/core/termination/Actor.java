package io.portcullis.core.termination;

import io.portcullis.core.session.ClientInfo;
import org.jspecify.annotations.Nullable;

/**
 * The user on whose behalf an action is done, for the login log.
 *
 * @param userId the id of the authenticated user; null when the caller is not authenticated, and for the gateway itself
 * @param client the origin of the request
 * @param comment why the actor ends a session, in the actor's own words; null for none
 */
public record Actor(
        @Nullable String userId,
        ClientInfo client,
        @Nullable String comment) {

    /** Creates an actor who makes no comment. */
    public Actor(@Nullable String userId, ClientInfo client) {
        this(userId, client, null);
    }

    /** Returns the gateway itself, which has no user id and no address, such as at its start. */
    public static Actor gateway() {
        return new Actor(null, new ClientInfo("", null, null, null));
    }

    /** Returns this actor with a comment, which the login log shows as the detail of each session end that the actor causes. */
    public Actor withComment(@Nullable String words) {
        return new Actor(userId, client, words);
    }
}
