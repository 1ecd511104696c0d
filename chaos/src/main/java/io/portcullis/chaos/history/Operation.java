package io.portcullis.chaos.history;

import org.jspecify.annotations.Nullable;

/**
 * Something that a client did, from the moment before it was sent to the moment after its answer was read. Tokens are named by
 * digest. Times are {@link System#nanoTime()} of the one JVM in which all clients run.
 *
 * @param client who asked
 * @param node the number of the gateway's node that was asked
 * @param user whose account it is, for {@link Kind#LOGIN} and {@link Kind#KICK_USER}
 * @param session the session that it is about; null when the token is not genuine, and for a login without an answer
 * @param presented the token that was presented; null for kicks and logins
 * @param status the HTTP status, 0 when there was no answer
 * @param code the envelope's code, 0 when there was none
 * @param issued what a login or refresh handed out
 * @param served the session in whose name a call was served, as the service behind the gateway saw it
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

    public boolean ok() {
        return outcome == Outcome.OK;
    }

    public boolean failed() {
        return outcome == Outcome.FAIL;
    }

    /** One line for people, times in milliseconds after {@code origin}. */
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
                        brief(session),
                        presented == null ? "" : "  token " + brief(presented),
                        issued == null ? "" : "  issued " + brief(issued.access()) + "/" + brief(issued.refresh()));
    }

    /** The last characters: ids are time-ordered, so that their beginnings are alike. */
    public static String brief(@Nullable String id) {
        return id == null ? "-" : id.substring(Math.max(0, id.length() - 8));
    }
}
