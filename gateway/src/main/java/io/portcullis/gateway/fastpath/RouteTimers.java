package io.portcullis.gateway.fastpath;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import io.netty.handler.codec.http.HttpMethod;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.TimeUnit;
import org.springframework.http.HttpStatus;

/**
 * Times a route's requests under the name and tags that Spring Cloud Gateway's {@code GatewayMetricsFilter} gives to those that
 * take the long way. A timer is looked up in the registry once for each method and status.
 */
final class RouteTimers {
    private static final int STATUSES = 1_000;

    private final MeterRegistry registry;
    private final String name;
    private final Tags route;
    private final ConcurrentMap<HttpMethod, Timer[]> timers = new ConcurrentHashMap<>();

    /** @param name of the timer */
    RouteTimers(MeterRegistry registry, String name, String routeId, String routeUri) {
        this.registry = registry;
        this.name = name;
        this.route = Tags.of("routeId", routeId, "routeUri", routeUri);
    }

    void record(HttpMethod method, int status, long nanos) {
        Timer[] byStatus = timers.computeIfAbsent(method, unused -> new Timer[STATUSES]);
        int index = Math.floorMod(status, STATUSES);
        Timer timer = byStatus[index];
        if (timer == null) {
            // Two threads may both make it: the registry gives them the same.
            timer = timer(method, status);
            byStatus[index] = timer;
        }
        timer.record(nanos, TimeUnit.NANOSECONDS);
    }

    private Timer timer(HttpMethod method, int status) {
        HttpStatus known = HttpStatus.resolve(status);
        String code = Integer.toString(status);
        return registry.timer(
                name,
                route.and(
                        "outcome",
                        known == null ? "CUSTOM" : known.series().name(),
                        "status",
                        known == null ? code : known.name(),
                        "httpStatusCode",
                        code,
                        "httpMethod",
                        method.name()));
    }
}
