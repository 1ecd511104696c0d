package io.portcullis.gateway.cookie;

import java.time.Duration;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.core.scheduler.Schedulers;

/**
 * The responses of this node that are about to bring the new cookies of a session: from the decision about the cookies until the head
 * has been written. A login that ends the session waits for them, so that its own cookies reach the browser last.
 */
final class PendingCookies {
    private final Duration limit;
    private final Map<String, Set<Response>> bySession = new ConcurrentHashMap<>();

    /** @param limit a response counts no longer if its head is not written in this time: the client has left or reads nothing */
    PendingCookies(Duration limit) {
        this.limit = limit;
    }

    /** Returns a response that will bring cookies of the session. It counts from {@link Response#begin} on. */
    Response of(String sessionId) {
        return new Response(sessionId);
    }

    /** Completes when the responses that count now have been sent, after the limit at the latest. */
    Mono<Void> awaitSent(String sessionId) {
        Set<Response> pending = new HashSet<>();
        bySession.computeIfPresent(sessionId, (id, responses) -> {
            pending.addAll(responses);
            return responses;
        });
        return Flux.fromIterable(pending)
                .flatMap(response -> response.sent.asMono())
                .then();
    }

    /** A response of this node with the cookies of a session. Its methods may be called from any thread. */
    final class Response {
        private final String sessionId;
        private final Sinks.Empty<Void> sent = Sinks.empty();

        private Response(String sessionId) {
            this.sessionId = sessionId;
        }

        void begin() {
            bySession.compute(sessionId, (id, responses) -> {
                Set<Response> all = responses == null ? new HashSet<>() : responses;
                all.add(this);
                return all;
            });
            Disposable unused = Schedulers.parallel().schedule(this::end, limit.toMillis(), TimeUnit.MILLISECONDS);
        }

        void end() {
            bySession.computeIfPresent(sessionId, (id, responses) -> {
                responses.remove(this);
                return responses.isEmpty() ? null : responses;
            });
            Sinks.EmitResult unused = sent.tryEmitEmpty();
        }
    }
}
