package io.portcullis.gateway.fastpath;

import java.util.List;
import org.springframework.web.util.pattern.PathPattern;

/**
 * The paths that the gateway reserves or prepends.
 *
 * @param endpoints the paths of the gateway's own endpoints, which the filter chain answers regardless of the routes
 * @param base the prefix of each route's path, empty for none
 */
record GatewayPaths(List<PathPattern> endpoints, String base) {
    GatewayPaths {
        endpoints = List.copyOf(endpoints);
    }
}
