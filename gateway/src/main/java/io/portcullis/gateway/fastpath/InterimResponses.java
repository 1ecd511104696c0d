package io.portcullis.gateway.fastpath;

import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.EmptyHttpHeaders;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.portcullis.gateway.upstream.Deadlines;
import java.time.Duration;

/**
 * The interim responses of an exchange. A client may expect {@code 100} before it sends the body of its request (RFC 9110 section 10.1.1). The
 * service decides; if it has said nothing within a second, the gateway permits the body itself, because many services ignore
 * the expectation. Confined to the event loop of the client.
 */
final class InterimResponses extends Deadlines.Deadline {
    /** The time within which the service should answer. */
    static final Duration PATIENCE = Duration.ofSeconds(1);

    /** Java's own client takes an interim response that it does not expect for the final one (found with JDK 17). */
    private static final String JAVA_CLIENT = "Java-http-client/";

    private final FastRequest request;
    private final RequestBody body;
    private final ExchangeOwner owner;
    private boolean continueAwaited;

    InterimResponses(FastRequest request, RequestBody body, ExchangeOwner owner) {
        this.request = request;
        this.body = body;
        this.owner = owner;
        this.continueAwaited = request.headers().contains(HttpHeaderNames.EXPECT);
    }

    /** Returns whether the client may be waiting for {@code 100}. */
    boolean isContinueAwaited() {
        return continueAwaited;
    }

    /** Relays an interim response to a client that understands it, and {@code 100} to one that waits for it. */
    void relay(HttpResponseStatus status, HttpHeaders headers) {
        if (!status.equals(HttpResponseStatus.CONTINUE)) {
            if (!request.headers().get(HttpHeaderNames.USER_AGENT, "").startsWith(JAVA_CLIENT)) {
                write(status, headers);
            }
        } else if (continueAwaited) {
            continueAwaited = false;
            cancel();
            write(status, headers);
        }
    }

    private void write(HttpResponseStatus status, HttpHeaders headers) {
        owner.writeInterim(new DefaultFullHttpResponse(
                HttpVersion.HTTP_1_1,
                HttpResponseStatus.valueOf(status.code()),
                Unpooled.EMPTY_BUFFER,
                headers,
                EmptyHttpHeaders.INSTANCE));
    }

    @Override
    protected void expire(Duration limit) {
        if (!body.hasBegun()) {
            relay(HttpResponseStatus.CONTINUE, new DefaultHttpHeaders());
        }
    }

    /** The final response follows. A client that was not told to send the body may send its next request in the place of the body. */
    void finalResponseFollows() {
        cancel();
        if (continueAwaited && !body.hasBegun()) {
            owner.endsConnection();
        }
        continueAwaited = false;
    }
}
