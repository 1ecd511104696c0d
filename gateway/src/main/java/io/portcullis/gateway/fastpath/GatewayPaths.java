package io.portcullis.gateway.fastpath;

import java.util.List;
import org.springframework.web.util.pattern.PathPattern;

/**
 * The paths of the gateway itself.
 *
 * @param endpoints the gateway's own endpoints, which the filter chain answers whatever the routes say
 * @param base before each path of a route, empty for none
 */
public record GatewayPaths(List<PathPattern> endpoints, String base) {
    public GatewayPaths {
        endpoints = List.copyOf(endpoints);
    }
}
