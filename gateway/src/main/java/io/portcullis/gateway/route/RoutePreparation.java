package io.portcullis.gateway.route;

import java.util.List;
import org.springframework.cloud.gateway.route.RouteDefinition;
import reactor.core.publisher.Mono;

/** Work that routes need before the first request takes them, such as the reading of a key. */
@FunctionalInterface
public interface RoutePreparation {
    /** Completes when the routes can be taken. An error keeps the routes of before in force. */
    Mono<Void> prepare(List<RouteDefinition> routes);
}
