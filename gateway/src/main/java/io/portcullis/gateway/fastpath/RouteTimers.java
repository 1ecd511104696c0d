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
 * Records the duration of a route's requests on the fast path, under the same name and tags as Spring Cloud Gateway's {@code
 * GatewayMetricsFilter} in the filter chain. Looks up the timer in the registry once for each method and status. The number of
 * timers of a route is bounded: five methods times the about eighty statuses of {@link StatusTag}.
 */
final class RouteTimers {
    private final MeterRegistry registry;
    private final String name;
    private final Tags route;
    private final ConcurrentMap<HttpMethod, Timer[]> timers = new ConcurrentHashMap<>();

    /**
     * @param name the name of the timer
     * @param route the tags that all timers of the route have
     */
    RouteTimers(MeterRegistry registry, String name, Tags route) {
        this.registry = registry;
        this.name = name;
        this.route = route;
    }

    void record(HttpMethod method, int status, long nanos) {
        Timer[] byStatus = timers.computeIfAbsent(method, unused -> new Timer[StatusTag.COUNT]);
        int index = StatusTag.index(status);
        Timer timer = byStatus[index];
        if (timer == null) {
            // Two threads may both look up the timer; the registry returns the same one to both.
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
