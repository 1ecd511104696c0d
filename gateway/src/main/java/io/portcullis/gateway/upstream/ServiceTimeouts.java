package io.portcullis.gateway.upstream;

import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.cloud.gateway.config.HttpClientProperties;
import org.springframework.cloud.gateway.support.RouteMetadataUtils;

/** The time limits of calls to services: those of the metadata of a route, else those of {@code httpclient}. */
public record ServiceTimeouts(HttpClientProperties properties) {
    /** The limit of Reactor Netty, which applies where none is configured. */
    private static final int DEFAULT_CONNECT_MILLIS = 30_000;

    /** Returns the longest time in which a connection must be made, in milliseconds. */
    public int connectMillis(Map<String, Object> metadata) {
        Object value = metadata.get(RouteMetadataUtils.CONNECT_TIMEOUT_ATTR);
        if (value != null) {
            return Integer.parseInt(value.toString());
        }
        Integer common = properties.getConnectTimeout();
        return common == null ? DEFAULT_CONNECT_MILLIS : common;
    }

    /**
     * Returns the response timeout of the route, or the global one if the route has none. A negative value means no
     * timeout, as in {@code NettyRoutingFilter}, and yields null.
     */
    public @Nullable Duration response(Map<String, Object> metadata) {
        Object value = metadata.get(RouteMetadataUtils.RESPONSE_TIMEOUT_ATTR);
        if (value == null) {
            return properties.getResponseTimeout();
        }
        long millis = Long.parseLong(value.toString());
        return millis < 0 ? null : Duration.ofMillis(millis);
    }
}
