package io.portcullis.gateway.stream;

import io.netty.channel.Channel;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
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
    private volatile Consumer<String> registrationListener = sessionId -> {};

    /** Calls the listener with the session of every stream right after the registration of the stream. */
    void onRegistration(Consumer<String> listener) {
        registrationListener = listener;
    }

    /**
     * Returns a stream that is registered from its subscription until it ends or is cancelled.
     *
     * @param admission the admission of the request
     * @param stream creates the stream; receives a {@code Mono} that emits once when the stream must close
     */
    <T> Flux<T> track(Admission admission, Function<Mono<StreamClose>, Publisher<T>> stream) {
        return Flux.using(() -> addSignalled(admission), added -> stream.apply(added.signal()), this::remove);
    }

    /**
     * Returns the body of a streamed response, registered from its subscription until it ends or is cancelled. If its session
     * ends, the connection to the client is closed. If the node shuts down, the body ends as if the service had ended it.
     *
     * @param admission the admission of the request
     * @param client the connection to the client; null if the response is not one of reactor-netty
     */
    <T> Flux<T> trackBody(Admission admission, Publisher<T> body, @Nullable Channel client) {
        return track(admission, close -> {
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
        ConnectionClose.start(client);
        return Mono.never();
    }

    /**
     * Returns the body of a response that is not streamed but has no {@code Content-Length}. It is registered if it lasts
     * longer than one iteration of the client's event loop. If its session ends, the connection to the client is closed.
     *
     * @param admission the admission of the request
     * @param client the connection to the client; null if the response is not one of reactor-netty
     */
    <T> Flux<T> trackUnbounded(Admission admission, Publisher<T> body, @Nullable Channel client) {
        return client == null
                ? Flux.from(body)
                : Flux.using(
                        () -> StreamedBody.beginUnbounded(this, admission, client, () -> {}),
                        begun -> body,
                        StreamedBody::end);
    }

    private OpenStream.Signalled addSignalled(Admission admission) {
        OpenStream.Signalled stream = new OpenStream.Signalled(admission);
        add(stream);
        return stream;
    }

    /** Registers a stream. Closes it at once if the node stops. */
    public void add(OpenStream stream) {
        count.incrementAndGet();
        String sessionId = stream.sessionId();
        if (sessionId == null) {
            anonymous.add(stream);
        } else {
            bySession.compute(sessionId, (id, present) -> with(stream, present));
        }
        if (sessionId != null) {
            registrationListener.accept(sessionId);
        }
        // Read after adding the stream: closeAll() sets the field before it iterates over the open streams.
        StreamClose how = closed;
        if (how != null) {
            stream.close(how);
        }
    }

    private static SessionStreams with(OpenStream stream, @Nullable SessionStreams present) {
        if (present == null) {
            return new SessionStreams(stream);
        }
        present.add(stream);
        return present;
    }

    /** Ends the registration of a stream that {@link #add} has registered. Must be called once. */
    public void remove(OpenStream stream) {
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
     * Starts to close all streams of a session. They stay registered until they have ended. A stream that is registered afterwards is not
     * closed by this call.
     */
    Closing close(String sessionId, StreamClose how) {
        SessionStreams found = bySession.get(sessionId);
        if (found == null) {
            return Closing.NONE;
        }
        List<OpenStream> closing = List.copyOf(found.streams());
        int started = 0;
        for (OpenStream stream : closing) {
            started += stream.revoke(how) ? 1 : 0;
        }
        return new Closing(closing, started);
    }

    /**
     * The streams of a session that is being closed.
     *
     * @param streams those that have not ended yet, including those that an earlier call has begun to close
     * @param started the number of those that this call has begun to close
     */
    record Closing(List<OpenStream> streams, int started) {
        private static final Closing NONE = new Closing(List.of(), 0);

        /** Completes when all of these streams have ended. */
        Mono<Void> ended() {
            return Flux.fromIterable(streams).flatMap(OpenStream::ended).then();
        }
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

    /** Returns the number of open streams of a session on this node. */
    public int countOf(String sessionId) {
        SessionStreams found = bySession.get(sessionId);
        return found == null ? 0 : found.streams().size();
    }

    /** Returns the number of open streams. */
    public int count() {
        return count.get();
    }
}
