package io.portcullis.gateway.fastpath;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.portcullis.core.token.Identity;
import io.portcullis.gateway.authentication.IdentityHeaders;
import io.portcullis.gateway.connection.PacedBody;
import io.portcullis.gateway.forwarded.ForwardedHeaders;
import io.portcullis.gateway.forwarded.ReceivedForwarding;
import io.portcullis.gateway.stream.OpenCall;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.netty.Connection;
import reactor.netty.http.client.HttpClientResponse;
import reactor.netty.http.server.HttpServerRequest;
import reactor.netty.http.server.HttpServerResponse;

/** Sends a request on to its service, and the answer back. */
final class UpstreamExchange {
    private final RequestHeaders headers;
    private final ForwardedHeaders forwarded;
    private final ResponseRelay relay;
    private final ProblemWriter problems;

    UpstreamExchange(RequestHeaders headers, ForwardedHeaders forwarded, ResponseRelay relay, ProblemWriter problems) {
        this.headers = headers;
        this.forwarded = forwarded;
        this.relay = relay;
        this.problems = problems;
    }

    /**
     * Completes when the answer has been written, the service's or one that says why there is none.
     *
     * @param identity who is calling, null for nobody
     * @param authorization whether the service gets the header
     * @param call the call that this is
     */
    Mono<Void> run(
            FastRequest fast,
            @Nullable Identity identity,
            boolean authorization,
            OpenCall call,
            HttpServerRequest request,
            HttpServerResponse response) {
        long start = System.nanoTime();
        return answer(fast, identity, authorization, request)
                .flatMap(answer -> relay.write(answer, fast.route(), call, response))
                .onErrorResume(failure -> problems.write(failure, fast, request, response))
                .doOnTerminate(() -> fast.route()
                        .timers()
                        .record(fast.method(), response.status().code(), System.nanoTime() - start));
    }

    private Mono<Answer> answer(
            FastRequest fast, @Nullable Identity identity, boolean authorization, HttpServerRequest request) {
        FastRoute route = fast.route();
        Mono<Answer> answer = route.client()
                .request(fast.method())
                .uri(URI.create(route.origin()
                        + fast.upstream().path()
                        + fast.upstream().query()))
                .send((target, outbound) -> {
                    prepare(fast, identity, authorization, request, target.requestHeaders());
                    return fast.hasBody()
                            ? outbound.send(PacedBody.of(request.receive().retain(), outbound))
                            : outbound;
                })
                .responseConnection((head, connection) -> Mono.just(new Answer(head, connection)))
                .singleOrEmpty();
        Duration timeout = route.responseTimeout();
        return timeout == null
                ? answer
                : new LoopTimeout<>(
                        answer, timeout, fast.loop(), late -> late.connection().dispose());
    }

    private void prepare(
            FastRequest fast,
            @Nullable Identity identity,
            boolean authorization,
            HttpServerRequest request,
            HttpHeaders target) {
        HttpHeaders source = request.requestHeaders();
        replaceDefault(source, target, HttpHeaderNames.USER_AGENT);
        replaceDefault(source, target, HttpHeaderNames.ACCEPT);
        headers.copy(source, target, authorization, fast.route().rules().forwardToken());
        if (source.contains(HttpHeaderNames.CONTENT_LENGTH)) {
            target.remove(HttpHeaderNames.TRANSFER_ENCODING);
        }
        if (fast.route().effects().preserveHost()) {
            target.set(HttpHeaderNames.HOST, source.get(HttpHeaderNames.HOST, ""));
        }
        describeWay(fast, request, target);
        if (identity != null) {
            IdentityHeaders.forEach(identity, target::set);
        }
        fast.route().effects().request().apply(target);
    }

    private void describeWay(FastRequest fast, HttpServerRequest request, HttpHeaders target) {
        HttpHeaders source = request.requestHeaders();
        InetSocketAddress peer = request.remoteAddress();
        var received = new ReceivedForwarding(
                source.get(HttpHeaderNames.HOST),
                fast.target().path(),
                forwarded.trusts(peer) ? RequestHeaders.reserved(source) : Map.of());
        forwarded.describe(received, peer, request.scheme(), fast.upstream().path(), target::set);
    }

    /** The client library has put in its own already. */
    private static void replaceDefault(HttpHeaders source, HttpHeaders target, CharSequence name) {
        if (source.contains(name)) {
            target.remove(name);
        }
    }

    /** The beginning of an answer, and where the rest comes from. */
    record Answer(HttpClientResponse head, Connection connection) {}
}
