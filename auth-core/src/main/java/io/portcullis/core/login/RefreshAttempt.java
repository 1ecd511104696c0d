package io.portcullis.core.login;

import io.portcullis.core.client.RegisteredClient;
import io.portcullis.core.session.ClientInfo;
import io.portcullis.core.session.EndReason;
import io.portcullis.core.session.Session;
import io.portcullis.core.termination.Actor;
import io.portcullis.core.termination.SessionEnd;
import io.portcullis.core.token.Token;
import io.portcullis.core.token.TokenLifetimes;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The values of one refresh that are fixed before its transaction.
 *
 * @param presented the presented refresh token
 * @param silent whether the pair is undelivered until its delivery is confirmed (ADR 0025)
 * @param client the origin of the request
 * @param clientId the OAuth 2 client that presents the token; null if the request names none
 * @param scopes the scopes to which the access token is narrowed; empty for those of the session
 * @param lifetimes the lifetimes of the tokens of the session: those of sessions without a client, until the client is known
 * @param ofClient the scopes that the session's client may have now; null without a client, and until the client is known
 * @param logId the id of the log entry, in case the session is ended
 */
record RefreshAttempt(
        Token presented,
        boolean silent,
        ClientInfo client,
        @Nullable String clientId,
        Set<String> scopes,
        TokenLifetimes lifetimes,
        @Nullable Set<String> ofClient,
        String logId) {
    /** Returns the end of the session for this reason. */
    SessionEnd end(EndReason reason) {
        return new SessionEnd(reason, new Actor(null, client), logId, null);
    }

    /** Returns this attempt with the lifetimes and the scopes of the session's client. */
    RefreshAttempt of(RegisteredClient owner) {
        return new RefreshAttempt(
                presented, silent, client, clientId, scopes, owner.lifetimes(lifetimes), owner.scopes(), logId);
    }

    /** Returns the session without the scopes that its client has lost since the login. */
    Session limited(Session session) {
        if (ofClient == null || ofClient.containsAll(session.scopes())) {
            return session;
        }
        Set<String> kept = new HashSet<>(session.scopes());
        kept.retainAll(ofClient);
        return session.withScopes(kept);
    }
}
