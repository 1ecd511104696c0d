package io.portcullis.gateway.stream;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import org.springframework.web.reactive.socket.CloseStatus;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/**
 * Registers the open streams of this node, so that they can be closed. A stream is authorised once, at its beginning, and has
 * no maximum duration; without this register the gateway could not end it. Thread-safe.
 */
public final class OpenStreams {
    private final Set<Stream> open = ConcurrentHashMap.newKeySet();
    private volatile @Nullable CloseStatus closed;

    /**
     * Returns a stream that is registered from its subscription until it ends or is cancelled.
     *
     * @param sessionId the session of the caller, null for an anonymous caller
     * @param stream creates the stream; receives a {@code Mono} that emits the close status when the stream must close
     */
    public <T> Flux<T> track(@Nullable String sessionId, Function<Mono<CloseStatus>, Publisher<T>> stream) {
        return Flux.using(() -> add(sessionId), added -> stream.apply(added.close.asMono()), open::remove);
    }

    /**
     * Returns the body of a streamed response, registered from its subscription until it ends or is cancelled. For the
     * client, a body that the gateway closes ends as if the service had ended it.
     *
     * @param sessionId the session of the caller, null for an anonymous caller
     */
    public <T> Flux<T> trackBody(@Nullable String sessionId, Publisher<T> body) {
        return track(sessionId, close -> Flux.from(body).takeUntilOther(close));
    }

    private Stream add(@Nullable String sessionId) {
        Stream stream = new Stream(sessionId, Sinks.one());
        open.add(stream);
        // Read the status after adding the stream: closeAll() sets the status before it iterates over the open streams.
        CloseStatus status = closed;
        if (status != null) {
            stream.end(status);
        }
        return stream;
    }

    /** Closes all open streams, and from now on every new stream as soon as it is registered. */
    public void closeAll(CloseStatus status) {
        closed = status;
        open.forEach(stream -> stream.end(status));
    }

    /** Returns the number of open streams. */
    public int count() {
        return open.size();
    }

    /**
     * One registered stream. Equality depends on the sink, so that streams of the same session are distinct.
     *
     * @param sessionId the session of the caller, null for an anonymous caller; unused so far, because revocation closes no
     *     streams
     * @param close emits once when the stream must close
     */
    private record Stream(@Nullable String sessionId, Sinks.One<CloseStatus> close) {
        void end(CloseStatus status) {
            // Emission fails only if the stream has already been signalled to close.
            Sinks.EmitResult unused = close.tryEmitValue(status);
        }
    }
}
