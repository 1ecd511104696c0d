package io.portcullis.gateway.event;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.TimeGauge;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.portcullis.core.event.DeliveryCounters;
import io.portcullis.core.reactive.BacklogAge;
import java.util.concurrent.TimeUnit;

/** Registers the metrics of session events. */
final class SessionEventMetrics implements MeterBinder {
    private final DeliveryCounters counters;
    private final BacklogAge backlog;

    SessionEventMetrics(DeliveryCounters counters, BacklogAge backlog) {
        this.counters = counters;
        this.backlog = backlog;
    }

    @Override
    public void bindTo(MeterRegistry registry) {
        TimeGauge.builder(
                        "portcullis.events.oldest.age", backlog, TimeUnit.MILLISECONDS, SessionEventMetrics::oldestAge)
                .description(
                        "Age of the oldest session event that waits for its delivery, the same on each node; 0 for none")
                .register(registry);
        FunctionCounter.builder("portcullis.events.delivered", counters, DeliveryCounters::delivered)
                .description("Session events that the receiver accepted from this node")
                .register(registry);
        FunctionCounter.builder("portcullis.events.failed", counters, DeliveryCounters::failed)
                .description("Attempts of this node to deliver a session event that failed")
                .register(registry);
        FunctionCounter.builder("portcullis.events.dead", counters, DeliveryCounters::dead)
                .description("Session events that this node gave up")
                .register(registry);
    }

    private static double oldestAge(BacklogAge backlog) {
        return backlog.oldestAge().toMillis();
    }
}
