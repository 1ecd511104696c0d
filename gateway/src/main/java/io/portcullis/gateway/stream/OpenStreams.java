package io.portcullis.gateway.stream;

import io.netty.channel.Channel;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import org.springframework.web.reactive.socket.CloseStatus;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/**
 * Registers the open streams of this node, so that they can be closed. A stream is authorised once, at its beginning, and has
 * no maximum duration; without this register the gateway could not end it. Thread-safe.
 */
public final class OpenStreams {
    private final Map<String, SessionStreams> bySession = new ConcurrentHashMap<>();
    private final Set<OpenStream> anonymous = ConcurrentHashMap.newKeySet();
    private final AtomicInteger count = new AtomicInteger();
    private volatile @Nullable StreamClose closed;

    /**
     * Returns a stream that is registered from its subscription until it ends or is cancelled.
     *
     * @param sessionId the session of the caller, null for an anonymous caller
     * @param stream creates the stream; receives a {@code Mono} that emits once when the stream must close
     */
    <T> Flux<T> track(@Nullable String sessionId, Function<Mono<StreamClose>, Publisher<T>> stream) {
        return Flux.using(() -> addSignalled(sessionId), added -> stream.apply(added.signal()), this::remove);
    }

    /**
     * Returns the body of a streamed response, registered from its subscription until it ends or is cancelled. If its session
     * ends, the connection to the client is closed. If the node shuts down, the body ends as if the service had ended it.
     *
     * @param sessionId the session of the caller, null for an anonymous caller
     * @param client the connection to the client; null if the response is not one of reactor-netty
     */
    public <T> Flux<T> trackBody(@Nullable String sessionId, Publisher<T> body, @Nullable Channel client) {
        return track(sessionId, close -> {
            // On the event loop, a response that has ended meanwhile has cancelled the signal, and its connection stays
            // open.
            Mono<StreamClose> signal =
                    client == null ? close : close.publishOn(Schedulers.fromExecutor(client.eventLoop()));
            return Flux.from(body).takeUntilOther(signal.flatMap(how -> closeBody(how, client)));
        });
    }

    /** Closes the connection; its loss cancels the body. Emits only if the body must end by itself. */
    private static Mono<StreamClose> closeBody(StreamClose how, @Nullable Channel client) {
        if (how.orderly() || client == null) {
            return Mono.just(how);
        }
        var unused = client.close();
        return Mono.never();
    }

    /**
     * Returns the body of a response that is not streamed but has no {@code Content-Length}. It is registered if it lasts
     * longer than one iteration of the client's event loop. If its session ends, the connection to the client is closed.
     *
     * @param sessionId the session of the caller, null for an anonymous caller
     * @param client the connection to the client; null if the response is not one of reactor-netty
     */
    public <T> Flux<T> trackUnbounded(@Nullable String sessionId, Publisher<T> body, @Nullable Channel client) {
        return sessionId == null || client == null
                ? Flux.from(body)
                : Flux.using(
                        () -> UnboundedBody.begin(this, sessionId, client), registered -> body, UnboundedBody::end);
    }

    private OpenStream.Signalled addSignalled(@Nullable String sessionId) {
        OpenStream.Signalled stream = new OpenStream.Signalled(sessionId);
        add(stream);
        return stream;
    }

    void add(OpenStream stream) {
        count.incrementAndGet();
        String sessionId = stream.sessionId();
        if (sessionId == null) {
            anonymous.add(stream);
        } else {
            bySession.compute(sessionId, (id, present) -> with(stream, present));
        }
        // Read after adding the stream: closeAll() sets the field before it iterates over the open streams.
        StreamClose how = closed;
        if (how != null) {
            stream.close(how);
        }
    }

    private static SessionStreams with(OpenStream stream, @Nullable SessionStreams present) {
        SessionStreams streams = present == null ? new SessionStreams() : present;
        streams.add(stream);
        return streams;
    }

    void remove(OpenStream stream) {
        count.decrementAndGet();
        String sessionId = stream.sessionId();
        if (sessionId == null) {
            anonymous.remove(stream);
        } else {
            bySession.computeIfPresent(sessionId, (id, streams) -> streams.remove(stream) ? null : streams);
        }
        stream.markEnded();
    }

    /**
     * Starts to close all streams of a session. A stream that is registered afterwards is not closed by this call.
     *
     * @return the streams that are being closed
     */
    List<OpenStream> close(String sessionId, StreamClose how) {
        SessionStreams found = bySession.remove(sessionId);
        if (found == null) {
            return List.of();
        }
        List<OpenStream> closing = List.copyOf(found.streams());
        closing.forEach(stream -> stream.close(how));
        return closing;
    }

    /** Closes all open streams, and from now on every new stream as soon as it is registered. */
    public void closeAll(CloseStatus status) {
        StreamClose how = new StreamClose(status, true);
        closed = how;
        anonymous.forEach(stream -> stream.close(how));
        bySession.values().forEach(session -> session.streams().forEach(stream -> stream.close(how)));
    }

    /** Returns the sessions with open streams. The map is live and must not be changed by the caller. */
    Map<String, SessionStreams> sessions() {
        return bySession;
    }

    /** Returns the number of open streams. */
    public int count() {
        return count.get();
    }
}
