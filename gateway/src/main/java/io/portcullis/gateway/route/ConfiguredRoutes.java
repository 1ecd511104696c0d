package io.portcullis.gateway.route;

import java.util.List;
import org.springframework.cloud.gateway.route.RouteDefinition;

/**
 * The validated routes of a configuration.
 *
 * @param definitions the routes, in the order of the configuration
 * @param origins the place of each route, in the format of {@link RouteOrigins}
 */
public record ConfiguredRoutes(List<RouteDefinition> definitions, List<String> origins) {
    public ConfiguredRoutes {
        definitions = List.copyOf(definitions);
        origins = List.copyOf(origins);
    }
}
