package io.portcullis.core.termination;

import io.portcullis.core.session.EndReason;
import io.portcullis.core.token.Token;
import org.jspecify.annotations.Nullable;

/**
 * The values of one end that are fixed before its transaction, so that a repeated transaction writes the same log
 * entry.
 *
 * @param actor the user on whose behalf the session is ended
 * @param logId the id of the entry in the login log
 * @param presented the token that requested the end; null for none
 * @param startedAt the start of the end, as {@link System#nanoTime()}
 */
public record SessionEnd(
        EndReason reason,
        Actor actor,
        String logId,
        @Nullable Token presented,
        long startedAt) {
    /** Creates an end that starts now. */
    public SessionEnd(EndReason reason, Actor actor, String logId, @Nullable Token presented) {
        this(reason, actor, logId, presented, System.nanoTime());
    }
}
