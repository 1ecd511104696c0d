package io.portcullis.gateway.fastpath;

import io.netty.channel.ChannelOption;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.cloud.gateway.config.HttpClientProperties;
import org.springframework.cloud.gateway.support.RouteMetadataUtils;
import reactor.netty.http.client.HttpClient;

/** The HTTP client of services, with the timeouts from the metadata of a route. */
record ServiceClient(HttpClient client, HttpClientProperties properties) {
    /** Returns the client with the connect timeout of the route, or with the global one if the route has none. */
    HttpClient of(Map<String, Object> metadata) {
        Object value = metadata.get(RouteMetadataUtils.CONNECT_TIMEOUT_ATTR);
        return value == null
                ? client
                : client.option(ChannelOption.CONNECT_TIMEOUT_MILLIS, Integer.parseInt(value.toString()));
    }

    /**
     * Returns the response timeout of the route, or the global one if the route has none. A negative value means no
     * timeout, as in {@code NettyRoutingFilter}, and yields null.
     */
    @Nullable
    Duration responseTimeout(Map<String, Object> metadata) {
        Object value = metadata.get(RouteMetadataUtils.RESPONSE_TIMEOUT_ATTR);
        if (value == null) {
            return properties.getResponseTimeout();
        }
        long millis = Long.parseLong(value.toString());
        return millis < 0 ? null : Duration.ofMillis(millis);
    }
}
