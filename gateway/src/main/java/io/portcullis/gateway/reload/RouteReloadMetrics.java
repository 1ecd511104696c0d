package io.portcullis.gateway.reload;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.util.function.ToDoubleFunction;

/** The meters of the reload of the routes. */
final class RouteReloadMetrics implements MeterBinder {
    private final RouteReloadState state;

    RouteReloadMetrics(RouteReloadState state) {
        this.state = state;
    }

    @Override
    public void bindTo(MeterRegistry registry) {
        reloads(registry, "applied", RouteReloadState::applied);
        reloads(registry, "refused", RouteReloadState::refused);
        Gauge.builder(
                        "portcullis.routes",
                        state,
                        each -> each.current().routes().definitions().size())
                .description("Routes in force")
                .register(registry);
        Gauge.builder("portcullis.routes.refused", state, each -> each.current().refusal() == null ? 0 : 1)
                .description("1 while changed configuration files are refused, else 0")
                .register(registry);
    }

    private void reloads(MeterRegistry registry, String outcome, ToDoubleFunction<RouteReloadState> count) {
        FunctionCounter.builder("portcullis.route.reloads", state, count)
                .tag("outcome", outcome)
                .description("Changes of the configuration files that replaced the routes, or that were refused")
                .register(registry);
    }
}
