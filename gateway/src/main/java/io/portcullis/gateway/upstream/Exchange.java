package io.portcullis.gateway.upstream;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.portcullis.gateway.upstream.InvalidResponseException.Violation;
import java.util.Set;

/**
 * The current request on a connection, and what has been received of its response. Decides which heads are legal as a response to
 * this request, and whether the request may be sent again. A connection has one instance, which {@link #begin} resets.
 */
final class Exchange {
    /** The highest number of interim responses that one exchange may have. */
    static final int MAX_INTERIM = 100;

    private static final Set<HttpMethod> IDEMPOTENT = Set.of(
            HttpMethod.GET, HttpMethod.HEAD, HttpMethod.OPTIONS, HttpMethod.TRACE, HttpMethod.PUT, HttpMethod.DELETE);

    private HttpMethod method = HttpMethod.GET;
    private boolean repeatable;
    private boolean upgradeRequested;
    private boolean requestWritten;
    private boolean received;
    private boolean bodyAnnounced;
    private int interim;

    /**
     * Begins an exchange.
     *
     * @param reused whether the connection has had an exchange before
     */
    void begin(HttpRequest request, boolean reused) {
        method = request.method();
        upgradeRequested = request.headers().contains(HttpHeaderNames.UPGRADE);
        repeatable = reused && IDEMPOTENT.contains(method) && !ResponseRules.announcesBody(request.headers());
        requestWritten = false;
        received = false;
        bodyAnnounced = false;
        interim = 0;
    }

    /** Called when the last part of the request has been written. */
    void requestWritten() {
        requestWritten = true;
    }

    /** Called when a part of the response has been received. */
    void received() {
        received = true;
    }

    /** Returns whether the request may be sent again, because the service may have closed a kept connection before it. */
    boolean isRepeatable() {
        return repeatable && !received;
    }

    /** Returns whether the request has an {@code Upgrade} header. */
    boolean isUpgradeAsked() {
        return upgradeRequested;
    }

    /** Returns whether the connection may be used again when the response has been read to its end and nothing follows it. */
    boolean leavesNothingBehind() {
        return requestWritten && !bodyAnnounced;
    }

    /**
     * Checks the head of a response, and returns whether the response has no body. Called once for each response, interim
     * responses included. Throws {@link Violation} for a response that this request cannot have.
     */
    boolean hasNoBody(HttpResponse response) {
        int status = response.status().code();
        HttpHeaders headers = response.headers();
        if (status < 200) {
            requireAllowed(status);
            return true;
        }
        if (method.equals(HttpMethod.CONNECT) && status < 300) {
            throw new Violation("a tunnel");
        }
        ResponseRules.requireChunkedAtMost(headers);
        ResponseRules.normaliseLength(headers);
        if (status != 204 && status != 304 && !method.equals(HttpMethod.HEAD)) {
            return false;
        }
        // Some services send the body that they announce, possibly later than the head, so that the connection cannot
        // be reused.
        bodyAnnounced = ResponseRules.announcesBody(headers);
        if (status == 204) {
            headers.remove(HttpHeaderNames.CONTENT_LENGTH);
        }
        return true;
    }

    private void requireAllowed(int status) {
        if (status == 101 && !upgradeRequested) {
            throw new Violation("101 without an Upgrade in the request");
        }
        if (++interim > MAX_INTERIM) {
            throw new Violation("more than " + MAX_INTERIM + " interim responses");
        }
    }
}
