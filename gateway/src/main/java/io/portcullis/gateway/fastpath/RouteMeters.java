package io.portcullis.gateway.fastpath;

import io.micrometer.core.instrument.MeterRegistry;
import org.springframework.cloud.gateway.route.Route;

/**
 * Where the requests of routes are timed.
 *
 * @param prefix of the timer's name
 */
public record RouteMeters(MeterRegistry registry, String prefix) {
    RouteTimers of(Route route) {
        return new RouteTimers(
                registry, prefix + ".requests", route.getId(), route.getUri().toString());
    }
}
