package io.portcullis.gateway.reload;

import io.portcullis.gateway.route.RoutesInForce;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.cloud.gateway.config.GatewayProperties;
import org.springframework.cloud.gateway.event.RefreshRoutesEvent;
import org.springframework.cloud.gateway.route.RouteDefinition;
import org.springframework.context.ApplicationEventPublisher;
import reactor.core.publisher.Mono;

/** Replaces the routes of the gateway library, and with them those that requests take. */
final class RouteReplacement {
    private static final Logger log = LoggerFactory.getLogger(RouteReplacement.class);

    private final GatewayProperties gateway;
    private final ApplicationEventPublisher events;
    private final RoutesInForce inForce;

    RouteReplacement(GatewayProperties gateway, ApplicationEventPublisher events, RoutesInForce inForce) {
        this.gateway = gateway;
        this.events = events;
        this.inForce = inForce;
    }

    /** Completes when all requests take the new routes. After an error they take those of before. */
    Mono<Void> replace(List<RouteDefinition> routes) {
        return Mono.defer(() -> {
            List<RouteDefinition> before = gateway.getRoutes();
            return use(routes).onErrorResume(failure -> use(before).then(Mono.error(failure)));
        });
    }

    /** The gateway library reads the routes on the thread that publishes the event. */
    private Mono<Void> use(List<RouteDefinition> routes) {
        return Mono.defer(() -> {
            gateway.setRoutes(routes);
            events.publishEvent(new RefreshRoutesEvent(this));
            return inForce.load()
                    .doOnSuccess(nothing -> log.info("The routes were read anew: {} routes", routes.size()));
        });
    }
}
