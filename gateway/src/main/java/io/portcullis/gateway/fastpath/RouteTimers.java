package io.portcullis.gateway.fastpath;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import io.netty.handler.codec.http.HttpMethod;
import io.portcullis.gateway.observe.StatusTag;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.TimeUnit;

/**
 * Times a route's requests under the name and tags that Spring Cloud Gateway's {@code GatewayMetricsFilter} gives to those that
 * take the filter chain. A timer is looked up in the registry once for each method and status. The fast path takes five methods, and
 * {@link StatusTag} knows some eighty statuses, so the timers of a route are bounded.
 */
final class RouteTimers {
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
        Timer[] byStatus = timers.computeIfAbsent(method, unused -> new Timer[StatusTag.COUNT]);
        int index = StatusTag.index(status);
        Timer timer = byStatus[index];
        if (timer == null) {
            // Two threads may both make it: the registry gives them the same.
            timer = timer(method, status);
            byStatus[index] = timer;
        }
        timer.record(nanos, TimeUnit.NANOSECONDS);
    }

    private Timer timer(HttpMethod method, int status) {
        return registry.timer(
                name,
                route.and(
                        "outcome",
                        StatusTag.outcome(status),
                        "status",
                        StatusTag.name(status),
                        "httpStatusCode",
                        StatusTag.code(status),
                        "httpMethod",
                        method.name()));
    }
}
