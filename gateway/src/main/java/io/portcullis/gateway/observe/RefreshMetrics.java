package io.portcullis.gateway.observe;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.portcullis.core.login.RefreshCounters;
import java.util.function.ToDoubleFunction;

/** Registers the counter {@code portcullis.refreshes}, by outcome. */
final class RefreshMetrics implements MeterBinder {
    private final RefreshCounters counters;

    RefreshMetrics(RefreshCounters counters) {
        this.counters = counters;
    }

    @Override
    public void bindTo(MeterRegistry registry) {
        register(registry, "rotated", RefreshCounters::rotated);
        register(registry, "replayed", RefreshCounters::replayed);
        register(registry, "refused", RefreshCounters::refused);
        register(registry, "reused", RefreshCounters::reused);
        register(registry, "failed", RefreshCounters::failed);
    }

    private void register(MeterRegistry registry, String outcome, ToDoubleFunction<RefreshCounters> count) {
        FunctionCounter.builder("portcullis.refreshes", counters, count)
                .description("Refreshes by outcome")
                .tag("outcome", outcome)
                .register(registry);
    }
}
