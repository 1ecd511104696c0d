package io.portcullis.chaos.history;

import org.jspecify.annotations.Nullable;

/**
 * An operation of a client, from just before its request was sent to just after its response was read. Tokens are represented
 * by their digests. Times are values of {@link System#nanoTime()} in the one JVM that runs all clients.
 *
 * @param client the number of the client
 * @param node the number of the gateway node that received the request
 * @param user the user of the account, for {@link Kind#LOGIN} and {@link Kind#KICK_USER}
 * @param session the session that the operation concerns; null for a forged token, and for a login without a response
 * @param presented the token in the request; null for kicks and logins
 * @param status the HTTP status, 0 if there was no response
 * @param code the error code in the response, 0 if there was none
 * @param issued the pair that a login or refresh returned
 * @param served the session on whose behalf a call was served, as the upstream service received it
 */
public record Operation(
        Kind kind,
        int client,
        int node,
        @Nullable String user,
        @Nullable String session,
        @Nullable String presented,
        Outcome outcome,
        int status,
        int code,
        @Nullable IssuedPair issued,
        @Nullable String served,
        long invokedAt,
        long completedAt) {
    public Operation {
        if (completedAt - invokedAt < 0) {
            throw new IllegalArgumentException("completedAt: before invokedAt");
        }
    }

    /** Returns whether the operation was answered with success. */
    public boolean ok() {
        return outcome == Outcome.OK;
    }

    /** Returns whether the operation was refused. */
    public boolean failed() {
        return outcome == Outcome.FAIL;
    }

    /** Returns a readable line, with times in milliseconds after {@code origin}. */
    public String describe(long origin) {
        return "%9.1f to %9.1f ms  node %d  client %-3d %-9s %-7s %3d/%d  session %s%s%s"
                .formatted(
                        (invokedAt - origin) / 1e6,
                        (completedAt - origin) / 1e6,
                        node,
                        client,
                        kind,
                        outcome,
                        status,
                        code,
                        shorten(session),
                        presented == null ? "" : "  token " + shorten(presented),
                        issued == null ? "" : "  issued " + shorten(issued.access()) + "/" + shorten(issued.refresh()));
    }

    /** Returns the last characters of an id. Ids are time-ordered, so that their first characters hardly differ. */
    public static String shorten(@Nullable String id) {
        return id == null ? "-" : id.substring(Math.max(0, id.length() - 8));
    }
}
