package io.portcullis.core.termination;

import io.portcullis.core.reactive.Uncancellable;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiFunction;
import reactor.core.publisher.Mono;
import reactor.util.retry.Retry;

/**
 * Retries, in the background, ends of sessions that may have written a tombstone and whose transaction MySQL did not confirm. Without the
 * retry MySQL could keep a session alive although Redis refuses its tokens, and a node in degraded mode would accept them.
 */
final class UnconfirmedEnds {
    /** Retries for about half a minute in all. */
    private static final Retry UNTIL_CONFIRMED =
            Retry.backoff(20, Duration.ofMillis(100)).maxBackoff(Duration.ofSeconds(2));

    private final BiFunction<String, SessionEnd, Mono<EndResult>> end;
    /** The ids of the sessions that are being retried. Another failure of the same session starts no second task. */
    private final Set<String> sessionIds = ConcurrentHashMap.newKeySet();

    /** @param end ends the session of the id in a transaction of its own */
    UnconfirmedEnds(BiFunction<String, SessionEnd, Mono<EndResult>> end) {
        this.end = end;
    }

    /** Starts the retry of the end, unless an end of the session is being retried already. */
    void retry(String sessionId, SessionEnd ending) {
        if (sessionIds.add(sessionId)) {
            var unused = Uncancellable.startInBackground(
                    "Retry of a session end that MySQL did not confirm",
                    end.apply(sessionId, ending)
                            .retryWhen(UNTIL_CONFIRMED)
                            .then()
                            .doFinally(signal -> sessionIds.remove(sessionId)));
        }
    }
}
