package io.portcullis.gateway.accesslog;

import io.netty.channel.Channel;
import io.netty.util.AttributeKey;
import io.portcullis.core.token.store.Identity;
import io.portcullis.gateway.logging.LogContext;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.http.server.reactive.ServerHttpRequestDecorator;
import reactor.netty.channel.ChannelOperations;

/**
 * What the access log knows about a request that is under way. The fast path and the filter chain add what they find out; any thread may
 * do so. A connection has the record of one request at a time.
 */
public final class AccessRecord implements LogContext.Fields {
    /** The header with which a trusted proxy tells the id of a request, and the gateway tells services. */
    public static final String REQUEST_ID = "X-Request-Id";

    private static final AttributeKey<AccessRecord> KEY = AttributeKey.valueOf(AccessRecord.class.getName());

    private final Received received;
    private final long startedNanos;

    private volatile @Nullable String routeId;
    private volatile @Nullable Identity identity;

    /** The request as it was received; {@code path} is null if the target was malformed. */
    record Received(
            Instant time,
            String requestId,
            String client,
            String method,
            @Nullable String path,
            String protocol) {}

    AccessRecord(Received received, long startedNanos) {
        this.received = received;
        this.startedNanos = startedNanos;
    }

    void attachTo(Channel channel) {
        channel.attr(KEY).set(this);
    }

    /** Returns the record of the request that a client's connection carries; null if the access log is off. */
    public static @Nullable AccessRecord of(Channel channel) {
        return channel.hasAttr(KEY) ? channel.attr(KEY).get() : null;
    }

    /** Returns the record of a request of the filter chain; null if the access log is off. */
    public static @Nullable AccessRecord of(ServerHttpRequest request) {
        return ServerHttpRequestDecorator.getNativeRequest(request) instanceof ChannelOperations<?, ?> operations
                ? of(operations.channel())
                : null;
    }

    /** The request has this route. */
    public void routed(String id) {
        routeId = id;
    }

    /** The request has been admitted for this caller. */
    public void identified(Identity caller) {
        identity = caller;
    }

    public String requestId() {
        return received.requestId();
    }

    /** Returns the fields of a log line of this request, named as in the access log. */
    @Override
    public Map<String, String> get() {
        Identity caller = identity;
        return caller == null
                ? Map.of("requestId", requestId())
                : Map.of("requestId", requestId(), "sessionId", caller.sessionId());
    }

    Received received() {
        return received;
    }

    long startedNanos() {
        return startedNanos;
    }

    @Nullable
    String routeId() {
        return routeId;
    }

    @Nullable
    Identity identity() {
        return identity;
    }
}
