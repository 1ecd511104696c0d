package io.portcullis.gateway.fastpath;

import io.netty.channel.ChannelOption;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.cloud.gateway.config.HttpClientProperties;
import org.springframework.cloud.gateway.support.RouteMetadataUtils;
import reactor.netty.http.client.HttpClient;

/** The client of the services, with the timeouts that a route's metadata sets. */
public record ServiceClient(HttpClient client, HttpClientProperties properties) {
    HttpClient of(Map<String, Object> metadata) {
        Object value = metadata.get(RouteMetadataUtils.CONNECT_TIMEOUT_ATTR);
        return value == null
                ? client
                : client.option(ChannelOption.CONNECT_TIMEOUT_MILLIS, Integer.parseInt(value.toString()));
    }

    /** As {@code NettyRoutingFilter} does: a negative one means none. */
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
