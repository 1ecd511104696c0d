package io.portcullis.core.termination;

import io.portcullis.core.error.RootCause;
import io.portcullis.core.token.store.UnsentCommandException;
import io.portcullis.core.token.store.WriteRefusedException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.BiConsumer;
import reactor.core.publisher.Mono;

/**
 * Records the ends of one transaction that may have written a tombstone to Redis. When the caller of the transaction gets an error,
 * each of these ends is handed to a retry. The tombstone may be sent before or after the error: a transaction continues
 * after the time limit of its caller, and may then write a tombstone and fail.
 *
 * <p>The record is in the Reactor context of the transaction, so that it covers every end that the transaction makes.
 * Thread-safe.
 */
final class BegunEnds {
    private final BiConsumer<String, SessionEnd> retry;
    private final Set<Sent> sent = new HashSet<>();
    private boolean failed;

    private BegunEnds(BiConsumer<String, SessionEnd> retry) {
        this.retry = retry;
    }

    /**
     * Returns the transaction, whose begun ends go to {@code retry} when the transaction emits an error. The caller must not
     * cancel it.
     *
     * @param retry takes the id of a session and its end
     */
    static <T> Mono<T> retryOnFailure(Mono<T> transaction, BiConsumer<String, SessionEnd> retry) {
        return Mono.defer(() -> {
            var ends = new BegunEnds(retry);
            return transaction
                    .doOnError(failure -> ends.fail())
                    .contextWrite(context -> context.put(BegunEnds.class, ends));
        });
    }

    /**
     * Returns the write of a tombstone, which is recorded when it starts. The record is removed if the write fails and Redis cannot
     * have the tombstone. Without a record in the context, returns the write unchanged.
     */
    static Mono<Void> record(String sessionId, SessionEnd end, Mono<Void> tombstone) {
        return Mono.deferContextual(context -> context.<BegunEnds>getOrEmpty(BegunEnds.class)
                .map(ends -> ends.recorded(new Sent(sessionId, end), tombstone))
                .orElse(tombstone));
    }

    private Mono<Void> recorded(Sent write, Mono<Void> tombstone) {
        if (add(write)) {
            retry.accept(write.sessionId, write.end);
        }
        return tombstone.doOnError(BegunEnds::isNotWritten, failure -> remove(write));
    }

    private static boolean isNotWritten(Throwable failure) {
        return RootCause.find(failure, UnsentCommandException.class).isPresent()
                || RootCause.find(failure, WriteRefusedException.class).isPresent();
    }

    // The synchronized methods only change the fields; no retry starts under the lock.

    /** Returns whether the caller already got an error. */
    private synchronized boolean add(Sent write) {
        sent.add(write);
        return failed;
    }

    private synchronized void remove(Sent write) {
        sent.remove(write);
    }

    private void fail() {
        failedWrites().forEach(write -> retry.accept(write.sessionId, write.end));
    }

    private synchronized List<Sent> failedWrites() {
        failed = true;
        return List.copyOf(sent);
    }

    /** Represents one write. Two writes of the same end are different, so this class has no equality of values. */
    private static final class Sent {
        final String sessionId;
        final SessionEnd end;

        Sent(String sessionId, SessionEnd end) {
            this.sessionId = sessionId;
            this.end = end;
        }
    }
}
