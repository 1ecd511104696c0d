package io.portcullis.gateway.fastpath;

import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.DefaultHttpHeadersFactory;
import io.netty.handler.codec.http.DefaultHttpRequest;
import io.netty.handler.codec.http.EmptyHttpHeaders;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpVersion;
import io.portcullis.gateway.authentication.Admission;
import io.portcullis.gateway.authentication.OutgoingHeaders;
import io.portcullis.gateway.forwarded.ForwardedHeaders;
import reactor.netty.http.client.HttpClient;

/** Builds the request that a service receives. */
final class ServiceRequest {
    private final RequestHeaders headers;
    private final ForwardedHeaders forwarded;
    private final OutgoingHeaders outgoing;

    ServiceRequest(HopByHopHeaders hopByHop, ForwardedHeaders forwarded, OutgoingHeaders outgoing) {
        this.outgoing = outgoing;
        this.headers = new RequestHeaders(hopByHop);
        this.forwarded = forwarded;
    }

    /**
     * Returns the request for the service.
     *
     * @param admission the access decision, which determines the identity headers and the tokens to remove
     * @param observer adds what the access log and the trace tell the service
     * @param complete whether the request is known to have no body, so that head and end are one message
     */
    HttpRequest of(FastRequest fast, Admission admission, ExchangeObserver observer, boolean complete) {
        String target = fast.upstream().path() + fast.upstream().query();
        HttpHeaders built = build(fast, admission, observer);
        return complete
                ? new DefaultFullHttpRequest(
                        HttpVersion.HTTP_1_1,
                        fast.method(),
                        target,
                        Unpooled.EMPTY_BUFFER,
                        built,
                        EmptyHttpHeaders.INSTANCE)
                : new DefaultHttpRequest(HttpVersion.HTTP_1_1, fast.method(), target, built);
    }

    /** The names and values are those of a decoded request or of the gateway, and need no second validation. */
    private HttpHeaders build(FastRequest fast, Admission admission, ExchangeObserver observer) {
        HttpHeaders source = fast.headers();
        HttpHeaders target =
                DefaultHttpHeadersFactory.headersFactory().withValidation(false).newHeaders();
        target.set(HttpHeaderNames.HOST, fast.route().hostField());
        headers.copy(source, target, admission.removedTokens(), fast.cookie() ? null : fast.token());
        if (source.contains(HttpHeaderNames.TRANSFER_ENCODING)) {
            target.set(HttpHeaderNames.TRANSFER_ENCODING, HttpHeaderValues.CHUNKED);
        }
        if (fast.route().effects().preserveHost()) {
            target.set(HttpHeaderNames.HOST, source.get(HttpHeaderNames.HOST, ""));
        }
        addDefaults(target);
        forwarded.describe(
                RequestHeaders.received(fast.head(), fast.target().path(), forwarded),
                fast.head().peer(),
                fast.head().scheme(),
                fast.upstream().path(),
                target::set);
        outgoing.write(admission, observer.accessRecord(), target::set);
        fast.route().effects().request().apply(target);
        observer.sends(target);
        return target;
    }

    /** Adds what the HTTP client of the filter chain adds to each request that has none of its own. */
    private static void addDefaults(HttpHeaders target) {
        if (!target.contains(HttpHeaderNames.ACCEPT)) {
            target.set(HttpHeaderNames.ACCEPT, "*/*");
        }
        if (!target.contains(HttpHeaderNames.USER_AGENT)) {
            target.set(HttpHeaderNames.USER_AGENT, HttpClient.USER_AGENT);
        }
    }
}
