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
 * The streams that are open on this node. A stream is authorised once, at its beginning, and lasts for as long as it likes: only
 * who keeps a list can end it.
 */
public final class OpenStreams {
    private final Set<Stream> open = ConcurrentHashMap.newKeySet();
    private volatile @Nullable CloseStatus closed;

    /**
     * The stream, listed until it ends or its subscriber goes.
     *
     * @param sessionId whose it is, null for nobody's
     * @param stream makes it from what emits once when it is to close, and with which status
     */
    public <T> Flux<T> track(@Nullable String sessionId, Function<Mono<CloseStatus>, Publisher<T>> stream) {
        return Flux.using(() -> add(sessionId), added -> stream.apply(added.close.asMono()), open::remove);
    }

    /**
     * The body of a streamed response, listed until it ends or its subscriber goes. A body that is closed ends for the client as if
     * the service had ended it.
     *
     * @param sessionId the session of the caller, null for an anonymous one
     */
    public <T> Flux<T> trackBody(@Nullable String sessionId, Publisher<T> body) {
        return track(sessionId, close -> Flux.from(body).takeUntilOther(close));
    }

    private Stream add(@Nullable String sessionId) {
        Stream stream = new Stream(sessionId, Sinks.one());
        open.add(stream);
        // Only now: closeAll() sets the status first and then looks what is open.
        CloseStatus status = closed;
        if (status != null) {
            stream.end(status);
        }
        return stream;
    }

    /** Closes all streams, and each that is opened from now on at once. */
    public void closeAll(CloseStatus status) {
        closed = status;
        open.forEach(stream -> stream.end(status));
    }

    /** How many there are. */
    public int count() {
        return open.size();
    }

    /**
     * One stream, which its sink tells from others of the session.
     *
     * @param sessionId whose it is, null for nobody's; not asked yet, revocation closes no streams so far
     * @param close emits once when it is to close
     */
    private record Stream(@Nullable String sessionId, Sinks.One<CloseStatus> close) {
        void end(CloseStatus status) {
            // Fails only if it was told already.
            Sinks.EmitResult unused = close.tryEmitValue(status);
        }
    }
}
