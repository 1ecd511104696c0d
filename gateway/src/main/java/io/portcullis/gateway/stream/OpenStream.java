package io.portcullis.gateway.stream;

import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/** A registered stream. Thread-safe. */
public abstract class OpenStream {
    private final Admission admission;
    private final AtomicBoolean revoked = new AtomicBoolean();
    private final Sinks.Empty<Void> ended = Sinks.empty();

    /** @param admission the admission of the request */
    protected OpenStream(Admission admission) {
        this.admission = admission;
    }

    /** Returns the session of the caller, null for an anonymous caller. */
    final @Nullable String sessionId() {
        return admission.sessionId();
    }

    /** Returns the {@link System#nanoTime()} at which the request was admitted. */
    final long admittedAt() {
        return admission.at();
    }

    /** Starts to close the stream because its session may no longer have streams. Returns whether this is the first such call. */
    final boolean revoke(StreamClose how) {
        boolean first = revoked.compareAndSet(false, true);
        if (first) {
            close(how);
        }
        return first;
    }

    /** Starts to close the stream. Only the first call has an effect. */
    protected abstract void close(StreamClose how);

    /** Completes when the stream has ended: the close frame or the end of the connection is on its way to the client. */
    final Mono<Void> ended() {
        return ended.asMono();
    }

    final void markEnded() {
        // Fails only if the stream has already ended.
        Sinks.EmitResult unused = ended.tryEmitEmpty();
    }

    /** A stream that closes itself on a signal. */
    static final class Signalled extends OpenStream {
        private final Sinks.One<StreamClose> close = Sinks.one();

        Signalled(Admission admission) {
            super(admission);
        }

        @Override
        protected void close(StreamClose how) {
            // Fails only if the stream has already been signalled to close.
            Sinks.EmitResult unused = close.tryEmitValue(how);
        }

        /** Emits once when the stream must close. */
        Mono<StreamClose> signal() {
            return close.asMono();
        }
    }
}
