package io.portcullis.gateway.fastpath;

import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import java.util.Collection;
import java.util.Set;
import java.util.stream.Collectors;
import org.springframework.cloud.gateway.route.Route;

/**
 * Creates the request timers of routes.
 *
 * @param prefix the prefix of the timer's name
 */
record RouteMeters(MeterRegistry registry, String prefix) {
    private static final String ID = "routeId";
    private static final String URI = "routeUri";

    RouteTimers of(Route route) {
        return new RouteTimers(registry, name(), tags(route));
    }

    /** Removes the timers of routes that no longer exist, so that reloads do not add timers without end. */
    void retain(Collection<Route> routes) {
        Set<Tags> kept = routes.stream().map(RouteMeters::tags).collect(Collectors.toSet());
        registry.find(name()).meters().stream()
                .filter(meter -> !kept.contains(tags(meter.getId())))
                .forEach(registry::remove);
    }

    private String name() {
        return prefix + ".requests";
    }

    private static Tags tags(Route route) {
        return Tags.of(ID, route.getId(), URI, route.getUri().toString());
    }

    private static Tags tags(Meter.Id meter) {
        return Tags.of(ID, String.valueOf(meter.getTag(ID)), URI, String.valueOf(meter.getTag(URI)));
    }
}
