package io.portcullis.core.reactive;

import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import reactor.core.publisher.Mono;

/** Repeats work of a node at intervals that vary, so that nodes that started together drift apart. */
public final class Repetition {
    private Repetition() {}

    /**
     * Returns work that runs at once, and again after a {@linkplain #jittered varying} pause each time it has completed. Never
     * completes. Ends with the first failure of the work.
     */
    public static Mono<Void> every(Duration interval, Mono<Void> work) {
        return work.then(Mono.defer(() -> Mono.delay(jittered(interval))))
                .repeat()
                .then();
    }

    /** Returns a random duration of 50 to 100 % of the interval, in whole milliseconds. */
    public static Duration jittered(Duration interval) {
        long millis = interval.toMillis();
        return Duration.ofMillis(ThreadLocalRandom.current().nextLong(millis / 2, millis + 1));
    }
}
