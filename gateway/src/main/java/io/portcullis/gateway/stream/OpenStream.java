package io.portcullis.gateway.stream;

import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/** A registered stream. Thread-safe. */
abstract class OpenStream {
    private final @Nullable String sessionId;
    private final Sinks.Empty<Void> ended = Sinks.empty();

    /** @param sessionId the session of the caller, null for an anonymous caller */
    OpenStream(@Nullable String sessionId) {
        this.sessionId = sessionId;
    }

    final @Nullable String sessionId() {
        return sessionId;
    }

    /** Starts to close the stream. Only the first call has an effect. */
    abstract void close(StreamClose how);

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

        Signalled(@Nullable String sessionId) {
            super(sessionId);
        }

        @Override
        void close(StreamClose how) {
            // Fails only if the stream has already been signalled to close.
            Sinks.EmitResult unused = close.tryEmitValue(how);
        }

        /** Emits once when the stream must close. */
        Mono<StreamClose> signal() {
            return close.asMono();
        }
    }
}
