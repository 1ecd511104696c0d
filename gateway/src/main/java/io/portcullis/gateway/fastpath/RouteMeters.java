package io.portcullis.gateway.fastpath;

import io.micrometer.core.instrument.MeterRegistry;
import org.springframework.cloud.gateway.route.Route;

/**
 * Creates the request timers of routes.
 *
 * @param prefix the prefix of the timer's name
 */
record RouteMeters(MeterRegistry registry, String prefix) {
    RouteTimers of(Route route) {
        return new RouteTimers(
                registry, prefix + ".requests", route.getId(), route.getUri().toString());
    }
}
