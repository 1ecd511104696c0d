package io.portcullis.core.session;

import reactor.core.publisher.Mono;

/** Port: receives the ends of sessions on the node that ended them (docs/design.md section 6). */
@FunctionalInterface
public interface SessionEndListener {
    /** Ignores every end. */
    SessionEndListener NONE = ended -> Mono.empty();

    /**
     * Handles an end after its transaction has committed. May be called again for a session that ended before. The result of
     * the end is emitted after the returned {@code Mono} has ended, or after a short time limit. An error is logged and does
     * not fail the end.
     */
    Mono<Void> onEnd(EndedSession ended);
}
