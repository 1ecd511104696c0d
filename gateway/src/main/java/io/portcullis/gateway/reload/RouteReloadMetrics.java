package io.portcullis.gateway.reload;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;

/** The meters of the reload of the routes. */
final class RouteReloadMetrics implements MeterBinder {
    private final RouteReloadState state;

    RouteReloadMetrics(RouteReloadState state) {
        this.state = state;
    }

    @Override
    public void bindTo(MeterRegistry registry) {
        FunctionCounter.builder("portcullis.route.reloads", state, RouteReloadState::applied)
                .tag("outcome", "applied")
                .description("Changes of the configuration files that replaced the routes, or that were refused")
                .register(registry);
        FunctionCounter.builder("portcullis.route.reloads", state, RouteReloadState::refused)
                .tag("outcome", "refused")
                .description("Changes of the configuration files that replaced the routes, or that were refused")
                .register(registry);
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
}
