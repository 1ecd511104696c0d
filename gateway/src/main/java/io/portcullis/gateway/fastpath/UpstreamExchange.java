package io.portcullis.gateway.fastpath;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.portcullis.gateway.authentication.Admission;
import io.portcullis.gateway.authentication.IdentityHeaders;
import io.portcullis.gateway.connection.BackpressuredBody;
import io.portcullis.gateway.cookie.CookieMode;
import io.portcullis.gateway.forwarded.ForwardedHeaders;
import io.portcullis.gateway.problem.ProblemResponses;
import io.portcullis.gateway.stream.OpenCall;
import io.portcullis.gateway.stream.OpenStreams;
import java.net.URI;
import java.time.Duration;
import org.springframework.cloud.gateway.config.GatewayProperties;
import reactor.core.publisher.Mono;
import reactor.netty.Connection;
import reactor.netty.http.client.HttpClientResponse;
import reactor.netty.http.server.HttpServerRequest;
import reactor.netty.http.server.HttpServerResponse;

/** Sends a request to its upstream service, and relays the response to the client. */
final class UpstreamExchange {
    private final RequestHeaders headers;
    private final ForwardedHeaders forwarded;
    private final ResponseRelay relay;
    private final ProblemWriter problems;

    /** @param gateway contains the media types of streamed responses */
    UpstreamExchange(
            HopByHopHeaders hopByHop,
            GatewayProperties gateway,
            ForwardedHeaders forwarded,
            OpenStreams streams,
            CookieMode cookies,
            ProblemResponses problems) {
        this.headers = new RequestHeaders(hopByHop);
        this.forwarded = forwarded;
        this.relay = new ResponseRelay(hopByHop, gateway.getStreamingMediaTypes(), streams, cookies);
        this.problems = new ProblemWriter(problems);
    }

    /**
     * Proxies the request. Completes when the response of the service, or a problem response in its place, has been
     * written.
     *
     * @param admission the access decision, which determines the identity headers and the tokens to remove
     * @param call the call as {@code OpenCalls} counts it
     */
    Mono<Void> proxy(FastRequest fast, Admission admission, OpenCall call, HttpServerResponse response) {
        long start = System.nanoTime();
        return send(fast, admission)
                .flatMap(upstreamResponse -> relay.write(upstreamResponse, fast, call, response))
                .onErrorResume(failure -> problems.write(failure, fast, response))
                .doOnTerminate(() -> fast.route()
                        .timers()
                        .record(fast.method(), response.status().code(), System.nanoTime() - start));
    }

    private Mono<UpstreamResponse> send(FastRequest fast, Admission admission) {
        FastRoute route = fast.route();
        Mono<UpstreamResponse> upstreamResponse = route.client()
                .request(fast.method())
                .uri(URI.create(route.origin()
                        + fast.upstream().path()
                        + fast.upstream().query()))
                .send((target, outbound) -> {
                    prepare(fast, admission, target.requestHeaders());
                    return fast.hasBody()
                            ? outbound.send(BackpressuredBody.of(
                                    fast.request().receive().retain(), outbound))
                            : outbound;
                })
                .responseConnection((head, connection) -> Mono.just(new UpstreamResponse(head, connection)))
                .singleOrEmpty();
        Duration timeout = route.responseTimeout();
        return timeout == null
                ? upstreamResponse
                : new EventLoopTimeout<>(
                        upstreamResponse,
                        timeout,
                        fast.loop(),
                        late -> late.connection().dispose());
    }

    private void prepare(FastRequest fast, Admission admission, HttpHeaders target) {
        HttpHeaders source = fast.request().requestHeaders();
        replaceDefault(source, target, HttpHeaderNames.USER_AGENT);
        replaceDefault(source, target, HttpHeaderNames.ACCEPT);
        headers.copy(source, target, admission.removedTokens(), fast.cookie() ? null : fast.token());
        if (source.contains(HttpHeaderNames.CONTENT_LENGTH)) {
            target.remove(HttpHeaderNames.TRANSFER_ENCODING);
        }
        if (fast.route().effects().preserveHost()) {
            target.set(HttpHeaderNames.HOST, source.get(HttpHeaderNames.HOST, ""));
        }
        setForwardedHeaders(fast, target);
        if (admission instanceof Admission.Identified identified) {
            IdentityHeaders.forEach(identified.identity(), target::set);
        }
        fast.route().effects().request().apply(target);
    }

    private void setForwardedHeaders(FastRequest fast, HttpHeaders target) {
        HttpServerRequest request = fast.request();
        forwarded.describe(
                RequestHeaders.received(request, fast.target().path(), forwarded),
                request.remoteAddress(),
                request.scheme(),
                fast.upstream().path(),
                target::set);
    }

    /** Removes the default value that reactor-netty has set, if the client sent the header. */
    private static void replaceDefault(HttpHeaders source, HttpHeaders target, CharSequence name) {
        if (source.contains(name)) {
            target.remove(name);
        }
    }

    /** The head of a response, and the connection that its body is read from. */
    record UpstreamResponse(HttpClientResponse head, Connection connection) {}
}
